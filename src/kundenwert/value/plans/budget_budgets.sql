-- value/plans/budget_budgets.sql: budgets of money whose period begins in the span: a year, a quarter or a month such as 2025, 2025-Q1, 2025-03
with told as (
    select
        trim(name) as name,
        amount,
        lower(trim(resource)) in ('geld', 'money', 'euro', '€', 'betrag', lower($currency)) as is_money,
        case
            when regexp_full_match(trim(period), '[0-9]{4}') then make_date(trim(period)::integer, 1, 1)
            when regexp_full_match(upper(trim(period)), '[0-9]{4}[-/ ]?Q[1-4]')
                then make_date(left(trim(period), 4)::integer, 3 * right(trim(period), 1)::integer - 2, 1)
            when regexp_full_match(trim(period), '[0-9]{4}-(0[1-9]|1[0-2])')
                then make_date(left(trim(period), 4)::integer, right(trim(period), 2)::integer, 1)
        end as begins
    from ledger_budgets
)

select name, sum(amount)::double as amount
from told
where is_money and begins > $since and begins <= $as_of
group by name
order by name
