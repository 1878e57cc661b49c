-- tables/rejects.sql: every record that cannot be booked, with all rules it fails and its raw text
with judged as (
    select
        *,
        coalesce(currency, getvariable('currency')::varchar, '') as booked_currency,
        list_filter(
            [
                case when day is null and trim(coalesce(date_text, '')) = '' then 'date is given' end,
                case when day is null and trim(coalesce(date_text, '')) <> '' then 'date is readable' end,
                case
                    when amount_expected and amount is null and trim(coalesce(amount_text, quantity_text, price_text, '')) = ''
                        then 'amount is given'
                end,
                case
                    when amount_expected and amount is null and trim(coalesce(amount_text, quantity_text, price_text, '')) <> ''
                        then 'amount is readable'
                end,
                case when not id_is_sound then 'customer id is sound' end,
                case when is_superseded then 'document counts once, in the newest file' end
            ],
            lambda rule: rule is not null
        ) as rules
    from current_lines
    -- Rules are named for those only that break one; for millions of good lines that would take as long as all else.
    where day is null or (amount_expected and amount is null) or not id_is_sound or is_superseded
)

select
    file_id,
    record,
    rules,
    raw,
    day,
    amount,
    booked_currency as currency
from judged
union all
select
    file_id,
    line as record,
    ['record is readable'] as rules,
    reason || ' | ' || raw as raw,
    null::integer as day,
    null::decimal(18, 6) as amount,
    coalesce(getvariable('currency')::varchar, '') as currency
from unreadable_lines
order by file_id, record
