-- value/plans/today.sql: what was done to each customer in the last span by the words of contacts and measures, with the customer's place
-- in the order of numbers; what came from the customer is not ours
with places as (
    select customer_id, row_number() over (order by customer_id) - 1 as place
    from plan_customers
),

done as (
    select customer_id::varchar as customer_id, lower(trim(channel)) as word, 'contact' as kind
    from ledger_contacts
    where date > $since and date <= $as_of
        and coalesce(lower(trim(direction)), '') not in ('eingehend', 'inbound', 'incoming', 'in', 'ein', 'vom kunden', 'from customer')
    union all
    select customer_id::varchar as customer_id, lower(trim(kind)) as word, 'measure' as kind
    from ledger_measures
    where treated and date > $since and date <= $as_of
)

select places.place::bigint as place, done.word, done.kind, count(*)::bigint as times
from done
inner join places using (customer_id)
where done.word is not null
group by all
order by place, done.word, done.kind
