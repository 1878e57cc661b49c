-- value/account/team.sql: who looks after the members, and who was in contact with them in the year to the as-of day
with found as (
    select account_manager as person, 1 as customers, 0 as contacts from account_members where account_manager is not null
    union all
    select person, 0, 1
    from ledger_contacts
    semi join account_members using (customer_id)
    where person is not null and date <= $as_of and date > $since
)

select person, sum(customers)::bigint as customers, sum(contacts)::bigint as contacts
from found
group by person
order by customers desc, contacts desc, person
limit 4
