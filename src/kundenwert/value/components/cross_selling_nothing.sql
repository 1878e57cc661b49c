-- value/components/cross_selling_nothing.sql: no list, where none is proven to be better than the most popular group
select
    '' as customer_id,
    '' as next_group,
    0::double as next_group_chance,
    '' as next_group_reason,
    0::decimal(18, 2) as cross_selling
where false
