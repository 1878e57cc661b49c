-- tables/rejects_page.sql: one page of the listed rejects, of one rule or of all
select *
from rejects_listed
where $rule::varchar is null or list_contains(rules, $rule::varchar)
order by number
limit $count offset $start
