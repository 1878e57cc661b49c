-- tables/company/crowded.sql: what so many customers share that it says nothing: info@ of a web host, the postcode of a high-rise
select count(*) as blocks, coalesce(sum(customers), 0)::bigint as customers
from (select block, count(*) as customers from blocks group by block having count(*) > $most)
