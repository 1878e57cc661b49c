-- value/account/counts.sql: how many contacts, complaints (of them open) and measures the members had in the year to the as-of day
select
    (select count(*) from ledger_contacts semi join account_members using (customer_id) where date <= $as_of and date > $since) as contacts,
    (select count(*) from ledger_complaints semi join account_members using (customer_id) where date <= $as_of and date > $since) as complaints,
    (
        select count(*) from ledger_complaints semi join account_members using (customer_id)
        where date <= $as_of and (resolved_on is null or resolved_on > $as_of)
    ) as open_complaints,
    (
        select count(*) from ledger_measures semi join account_members using (customer_id)
        where date <= $as_of and date > $since and coalesce(treated, true)
    ) as measures
