-- tables/company/duplicates.sql: pairs of records that are probably one customer, the surest first, with what speaks for it.
-- Equal names in one town are no proof where two of e-mail, telephone and street differ; sister companies of one
-- group with addresses of their own are none, however alike their names are.
with usable as (
    select block from blocks group by block having count(*) between 2 and $most
),

pairs as (
    select distinct one.customer_id as first_id, other.customer_id as second_id
    from blocks as one
    inner join usable using (block)
    inner join blocks as other on one.block = other.block and one.customer_id < other.customer_id
),

compared as (
    select
        pairs.first_id,
        pairs.second_id,
        one.name as first_name,
        other.name as second_name,
        names_alike(one.words, other.words) as name_likeness,
        coalesce(one.email = other.email, false) as same_email,
        coalesce(one.phone = other.phone, false) as same_phone,
        coalesce(one.street = other.street and coalesce(one.postcode = other.postcode, one.city = other.city), false) as same_address,
        coalesce(one.postcode = other.postcode, one.city = other.city, false) as same_place,
        one.group_id = other.group_id as same_group,
        coalesce(one.email <> other.email, false)::integer
        + coalesce(one.phone <> other.phone, false)::integer
        + coalesce(one.street <> other.street, false)::integer as contradictions
    from pairs
    inner join comparable as one on pairs.first_id = one.customer_id
    inner join comparable as other on pairs.second_id = other.customer_id
),

judged as (
    select
        *,
        same_email::integer + same_phone::integer + same_address::integer as agreements
    from compared
)

select
    first_id,
    second_id,
    first_name,
    second_name,
    name_likeness,
    same_email,
    same_phone,
    same_address,
    same_place,
    least(1.0, 0.55 * name_likeness + 0.15 * agreements + 0.15 * (agreements > 0)::integer + 0.15 * same_place::integer) as strength
from judged
where
    not (same_group and not same_address)
    and (
        (agreements >= 1 and name_likeness >= $alike)
        or (agreements >= 2 and name_likeness >= $somewhat_alike)
        or (same_place and name_likeness >= $nearly_equal and contradictions <= 1)
    )
order by strength desc, first_id, second_id
