-- value/customer_list/export_macros.sql: how cells of the list stand in an exported CSV file, beside value/export_macros.sql
create or replace macro list_amount(cell, mark) as replace(cell::decimal(18, 2)::varchar, '.', mark);
create or replace macro list_yes_or_not(cell) as case when cell then getvariable('list_yes') end;
create or replace macro list_label(cell) as
    coalesce(getvariable('list_labels')[list_position(getvariable('list_names'), cell)], csv_text(cell));
