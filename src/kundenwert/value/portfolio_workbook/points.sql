-- value/portfolio_workbook/points.sql: what the customers of the workbook got on one criterion, by their place
select workbook_customers.place, scores.points, scores.provenance, scores.basis = $barred as is_barred
from scores
inner join workbook_customers using (customer_id)
where scores.criterion = $criterion
order by workbook_customers.place
