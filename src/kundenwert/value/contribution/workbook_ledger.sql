-- value/contribution/workbook_ledger.sql: revenue of all customers over all years, here and straight from the booked lines
select
    (select coalesce(sum(revenue), 0) from contribution where unallocated is null)::decimal(24, 2) as reckoned,
    (
        select coalesce(sum(amount), 0) from ledger_lines where customer_id is not null and date <= getvariable('contribution_until')::date
    )::decimal(24, 2) as booked
