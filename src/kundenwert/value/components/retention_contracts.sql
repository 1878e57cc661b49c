-- value/components/retention_contracts.sql: the chance that a contract of each customer runs in a year
select
    customer_id,
    contract_stays as stays
from component_contracts
where contract_stays is not null
