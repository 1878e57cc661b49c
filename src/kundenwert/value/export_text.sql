-- value/export_text.sql: the value table as text: money with two decimals, other numbers with up to six, the mark of the reader;
-- ids that a spreadsheet would run as a formula get an apostrophe
select
    case
        when regexp_matches(customer_id, '^[=+@\t\r]') or regexp_matches(customer_id, '^-[^0-9]') then '''' || customer_id
        else customer_id
    end as customer_id,
    strftime(first_purchase, $date_format) as first_purchase,
    strftime(last_purchase, $date_format) as last_purchase,
    frequency,
    recency,
    "T",
    spend_days,
    replace(monetary_value::varchar, '.', $mark) as monetary_value,
    replace(revenue::varchar, '.', $mark) as revenue,
    replace(p_alive::decimal(9, 6)::varchar, '.', $mark) as p_alive,
    replace(expected_purchases::decimal(18, 6)::varchar, '.', $mark) as expected_purchases,
    replace(expected_purchases_lower::decimal(18, 6)::varchar, '.', $mark) as expected_purchases_lower,
    replace(expected_purchases_upper::decimal(18, 6)::varchar, '.', $mark) as expected_purchases_upper,
    replace(expected_revenue::varchar, '.', $mark) as expected_revenue,
    replace(expected_revenue_lower::varchar, '.', $mark) as expected_revenue_lower,
    replace(expected_revenue_upper::varchar, '.', $mark) as expected_revenue_upper,
    replace(clv::varchar, '.', $mark) as clv,
    replace(clv_lower::varchar, '.', $mark) as clv_lower,
    replace(clv_upper::varchar, '.', $mark) as clv_upper,
    replace(clv_beyond::varchar, '.', $mark) as clv_beyond,
    replace(past::varchar, '.', $mark) as past,
    replace("value"::varchar, '.', $mark) as "value",
    -- The level of the forecast (without a mark in it), and where there are any bounds at further levels and contribution I to IV.
    replace(columns('^(level|.*_(lower|upper)_[0-9_]+|db[1-4])$')::varchar, '.', $mark)
from exported
order by exported.customer_id
