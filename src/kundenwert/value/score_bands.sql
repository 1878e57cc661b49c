-- value/score_bands.sql: how many customers have a score of each whole point, 10 counts to the last
select
    least(floor(score), 9)::integer as band,
    count(*) as customers
from valued_customers
where score is not null and level <> 'objected'
group by band
order by band
