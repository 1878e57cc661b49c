-- value/flat/text.sql: the rows as text: the mark and the days of the reader; texts that a spreadsheet would run as a formula get an apostrophe
select
    strftime(month, $date_format) as month,
    "year",
    quarter,
    case
        when regexp_matches(columns('^(customer_id|name|kind|segment|industry|region|postcode_area|account_manager|class|tier|stage|portfolio)$'), '^([=+@\t\r]|-[^0-9])')
            then '''' || columns('^(customer_id|name|kind|segment|industry|region|postcode_area|account_manager|class|tier|stage|portfolio)$')
        else columns('^(customer_id|name|kind|segment|industry|region|postcode_area|account_manager|class|tier|stage|portfolio)$')
    end,
    replace(columns('^(revenue|returned|db1)$')::varchar, '.', $mark),
    purchases,
    documents,
    lines,
    replace(quantity::varchar, '.', $mark) as quantity
from flat_rows
