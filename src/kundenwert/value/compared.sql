-- value/compared.sql: one row a customer of either run, with what both say; change is that of value, or of expected purchases
select
    coalesce(second.customer_id, first.customer_id) as customer_id,
    case when first.customer_id is null then 'new' when second.customer_id is null then 'gone' else 'both' end as found,
    first.frequency + 1 as purchases_before,
    second.frequency + 1 as purchases_after,
    first.expected_purchases as expected_before,
    second.expected_purchases as expected_after,
    first.past as past_before,
    second.past as past_after,
    first.clv as clv_before,
    second.clv as clv_after,
    first.value as value_before,
    second.value as value_after,
    case
        when $money then coalesce(second.value, 0)::double - coalesce(first.value, 0)::double
        else coalesce(second.expected_purchases, 0) - coalesce(first.expected_purchases, 0)
    end as change,
    first.frequency is distinct from second.frequency
    or first.expected_purchases is distinct from second.expected_purchases
    or first.past is distinct from second.past
    or first.clv is distinct from second.clv as is_changed,
    coalesce(first.level = 'objected', false) or coalesce(second.level = 'objected', false) as has_objected
from first_run as first
full join second_run as second using (customer_id)
