-- base/rhythms/no_purchases.sql: no purchases, where only the state of each customer is asked
select
    0 as n,
    0 as gap,
    0 as day,
    0 as first_day
where false
