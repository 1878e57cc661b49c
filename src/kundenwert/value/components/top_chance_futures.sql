-- value/components/top_chance_futures.sql: the distributions of the histories, in order
select * exclude (years_left) from futures order by future
