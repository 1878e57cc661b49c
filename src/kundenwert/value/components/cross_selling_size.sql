-- value/components/cross_selling_size.sql: how many customers and product groups are looked at, and how many groups there are
select
    (select count(*) from cross_selling_customers)::integer as customers,
    (select count(*) from cross_selling_groups)::integer as "groups",
    coalesce((select max(all_groups) from cross_selling_groups), 0)::integer as all_groups
