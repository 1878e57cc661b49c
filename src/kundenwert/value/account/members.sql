-- value/account/members.sql: the members who may be judged with what is known of them, by falling value
select
    account_columns.*,
    account_group.depth,
    ledger_customers.name,
    ledger_customers.city,
    ledger_customers.account_manager
from account_columns
inner join account_group using (customer_id)
left join ledger_customers using (customer_id)
where account_columns.customer_id not in (select customer_id from objectors)
order by account_columns.value desc nulls last, account_columns.customer_id
