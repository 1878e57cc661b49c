-- value/components/segments_known.sql: each judged customer with its name in each attribute of $names, null where it is not known
with attributes as (
    select name, list_position($names::varchar[], name) as place from (select unnest($names::varchar[]) as name)
),

records as (
    select
        ledger_customers.customer_id,
        nullif(trim(ledger_customers.segment), '') as segment,
        nullif(trim(ledger_customers.industry), '') as industry,
        -- Where private persons live tells more than it should.
        if(ledger_customers.kind = 'b2c', null, nullif(trim(ledger_customers.region), '')) as region,
        ledger_customers.kind,
        nullif(trim(ledger_customers.account_manager), '') as account_manager,
        segment_teams.team
    from ledger_customers
    left join segment_teams on trim(ledger_customers.account_manager) = segment_teams.account_manager
)

select
    judged.customer_id,
    judged.clv,
    attributes.name as grouping,
    attributes.place,
    case attributes.name
        when 'segment' then records.segment
        when 'industry' then records.industry
        when 'region' then records.region
        when 'kind' then records.kind
        when 'account_manager' then records.account_manager
        when 'team' then records.team
    end as name
from judged
left join records using (customer_id)
cross join attributes
