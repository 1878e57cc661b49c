-- value/plans/permissions.sql: of each customer in question, by number: whether no advertising is wanted, what was said of each channel, and
-- whether there is an address of each kind
with consents as (
    select
        customer_id,
        any_value(status) filter (where channel = 'email') as email,
        any_value(status) filter (where channel = 'phone') as phone,
        any_value(status) filter (where channel = 'sms') as sms,
        any_value(status) filter (where channel = 'post') as post,
        any_value(status) filter (where channel = 'visit') as visit
    from plan_consents
    group by customer_id
),

records as (
    select
        customer_id::varchar as customer_id,
        bool_or(coalesce(do_not_contact, false)) as refuses,
        bool_or(coalesce(kind, '') = 'b2b') as is_company,
        bool_or(coalesce(email, '') <> '') as has_email,
        bool_or(coalesce(phone, '') <> '') as has_phone,
        bool_or(coalesce(street, '') <> '' or coalesce(city, '') <> '') as has_street
    from records_now
    group by customer_id
)

select
    coalesce(records.refuses, false) as refuses,
    coalesce(records.is_company, false) as is_company,
    coalesce(records.has_email, false) as has_email,
    coalesce(records.has_phone, false) as has_phone,
    coalesce(records.has_street, false) as has_street,
    coalesce(consents.email, '') as email,
    coalesce(consents.phone, '') as phone,
    coalesce(consents.sms, '') as sms,
    coalesce(consents.post, '') as post,
    coalesce(consents.visit, '') as visit
from plan_customers
left join records using (customer_id)
left join consents using (customer_id)
order by plan_customers.customer_id
