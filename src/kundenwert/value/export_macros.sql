-- value/export_macros.sql: how cells stand in an exported CSV file

-- What a spreadsheet would run as a formula gets an apostrophe.
create or replace macro csv_text(cell) as
    case when regexp_matches(cell, '^[=+@\t\r]') or regexp_matches(cell, '^-[^0-9]') then '''' || cell else cell end;
create or replace macro csv_day(cell, form) as strftime(cell, form);
create or replace macro csv_exact(cell, mark) as replace(cell::varchar, '.', mark);
create or replace macro csv_number(cell, mark) as replace(cell::decimal(24, 6)::varchar, '.', mark)
