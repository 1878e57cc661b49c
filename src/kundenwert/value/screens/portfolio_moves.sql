-- value/screens/portfolio_moves.sql: how many of the reader's customers went from which field of the earlier run to which field of this one
select
    fields_before.field as before,
    fields_now.field as now,
    count(*) as customers
from fields_now
inner join fields_before using (customer_id)
inner join portfolio_owned using (customer_id)
where fields_before.field is not null and fields_now.field is not null
group by all
order by all
