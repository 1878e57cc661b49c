-- value/components/credit_risk_facts.sql: for how many customers a chance of default is known, what is lost by it, and whose index is not used
with indexed as (
    select
        coalesce(not is_natural_person(kind, legal_form, name), false) or getvariable('credit_of_natural_persons')::boolean as is_usable,
        exists (select 1 from credit_bands where external_rating > credit_bands.above and external_rating <= credit_bands.up_to) as has_band
    from ledger_customers
    where external_rating is not null
)

select
    (select count(*) from component_credit_risk) as customers,
    (select coalesce(sum(-credit_loss), 0)::decimal(18, 2) from component_credit_risk) as loss,
    count(*) filter (where not is_usable) as not_companies,
    count(*) filter (where is_usable and not has_band) as outside
from indexed
