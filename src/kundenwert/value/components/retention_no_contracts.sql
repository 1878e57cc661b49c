-- value/components/retention_no_contracts.sql: nobody has a contract whose end can be foretold
select
    ''::varchar as customer_id,
    0::double as stays
where false
