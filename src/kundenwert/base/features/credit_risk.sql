-- base/features/credit_risk.sql: chance of default of each company with a usable credit index, and its contribution of a year with that
-- risk. The index of natural persons is used only where the project says why it may be; of nobody whom nothing tells to be a company
with indexed as (
    select
        customer_id,
        external_rating::double as credit_index
    from ledger_customers
    where external_rating is not null
        and (not is_natural_person(kind, legal_form, name) or getvariable('credit_of_natural_persons')::boolean)
),

banded as (
    select
        indexed.customer_id,
        indexed.credit_index,
        credit_bands.chance as default_probability
    from indexed
    inner join credit_bands on indexed.credit_index > credit_bands.above and indexed.credit_index <= credit_bands.up_to
    where getvariable('has_credit_bands')::boolean
),

brought as (
    select customer_id, sum(amount - cost)::decimal(18, 2) as contribution_of_year
    from ledger_lines
    where date <= date '1970-01-01' + $as_of::integer
        and date > date '1970-01-01' + $as_of::integer - 365
        and customer_id is not null
    group by customer_id
)

select
    customer_id,
    credit_index,
    default_probability,
    contribution_of_year,
    (contribution_of_year * (1 - default_probability))::decimal(18, 2) as risk_adjusted_contribution
from banded
left join brought using (customer_id)
