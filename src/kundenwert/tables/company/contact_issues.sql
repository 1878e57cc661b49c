-- tables/company/contact_issues.sql: what is wrong with the data by which customers are reached, one row a record and issue. cell: what
-- stands there. A column without any entry is none. A postcode is odd if hardly any other of its town is written so, or, in towns with
-- fewer than three records, hardly any other of all. Letters came back unless a later one of the same channel arrived
with given as (
    select
        count(street) > 0 as street,
        count(postcode) > 0 as postcode,
        count(city) > 0 as city,
        count(email) > 0 as email,
        count(phone) > 0 as phone
    from ledger_customers
),

records as (
    select
        customer_id,
        nullif(trim(street), '') as street,
        nullif(trim(postcode), '') as postcode,
        nullif(trim(city), '') as city,
        nullif(trim(email), '') as email,
        nullif(trim(phone), '') as phone,
        shape_of(postcode) as shape,
        lower(trim(city)) as town
    from ledger_customers
),

shapes as (
    select
        town,
        shape,
        count(*) as alike,
        sum(count(*)) over (partition by town) as in_town,
        sum(count(*)) over (partition by shape) / sum(count(*)) over () as among_all
    from records
    where postcode is not null
    group by town, shape
),

odd_shapes as (
    select town, shape
    from shapes
    where case when town is not null and in_town >= 3 then alike < 0.2 * in_town else among_all < 0.02 end
),

letters as (
    select
        customer_id,
        channel,
        max(date) as last_day,
        max(date) filter (where came_back(outcome, purpose, channel)) as came_back_on,
        arg_max(coalesce(outcome, purpose, channel), date) filter (where came_back(outcome, purpose, channel)) as words
    from ledger_contacts
    where $as_of::integer is null or date <= date '1970-01-01' + $as_of::integer
    group by customer_id, channel
),

issues as (
    select customer_id, 'no_address' as issue, null::varchar as cell
    from records
    cross join given
    where (given.street and records.street is null)
        or (given.postcode and records.postcode is null)
        or (given.city and records.city is null)
    union all
    select records.customer_id, 'odd_postcode' as issue, records.postcode as cell
    from records
    inner join odd_shapes on records.shape = odd_shapes.shape and records.town is not distinct from odd_shapes.town
    where records.postcode is not null
    union all
    select customer_id, 'odd_email' as issue, email as cell
    from records
    where email is not null and not may_be_mail(email)
    union all
    select customer_id, 'odd_phone' as issue, phone as cell
    from records
    where phone is not null and not may_be_phone(phone)
    union all
    select customer_id, 'no_email_no_phone' as issue, null as cell
    from records
    cross join given
    where given.email and given.phone and records.email is null and records.phone is null
    union all
    select customer_id, 'undeliverable' as issue, min(words) as cell
    from letters
    where came_back_on = last_day
    group by customer_id
)

select * from issues order by customer_id, issue
