-- tables/company/totals.sql: records and money of the readable records by standing; together they are all that was read
select
    case when len(checked_records.rules) > 0 then 'rejected' else coalesce(standings.standing, 'lost') end as standing,
    count(*) as records,
    coalesce(sum(money), 0)::decimal(38, 6) as amount
from checked_records
left join standings using (file_id, record)
group by all
order by all
