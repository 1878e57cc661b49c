-- register/links_kept.sql: the links between pseudonyms and numbers, sorted; those of erased persons are gone
select distinct
    pseudonym,
    customer_id
from links_all
where not list_contains(getvariable('erased_hashes')::varchar[], keyed(pseudonym))
order by pseudonym
