-- value/components/credit_risk_bands.sql: the bands a run was made with: index up to which each goes, and its chance of a default
select up_to, chance from credit_bands order by up_to
