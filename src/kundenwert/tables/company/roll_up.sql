-- tables/company/roll_up.sql: a measure of customers (view `measured`: customer_id, amount) by sold-to, payer or group; each customer
-- is in exactly one account, so the sum stays
select
    case getvariable('customer_level')
        when 'group' then coalesce(customer_groups.group_id, measured.customer_id)
        when 'payer' then coalesce(customer_groups.payer_id, measured.customer_id)
        else measured.customer_id
    end as account_id,
    count(*) as customers,
    sum(measured.amount) as amount
from measured
left join customer_groups using (customer_id)
group by account_id
order by account_id
