-- value/plans/measured_no_segments.sql: customers are not told apart by segments
select null::varchar as customer_id, null::varchar as segment
where false
