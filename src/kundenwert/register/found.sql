-- register/found.sql: the numbers of erased persons in a column
select id
from (select distinct id::varchar as id from searched where id is not null)
where list_contains(getvariable('erased_hashes')::varchar[], keyed(id))
order by id
