-- tables/prefixes.sql: lines and money of documents whose number starts with a letter (a second, overlapping view)
select
    upper(left(document_id, 1)) as prefix,
    count(*) as lines,
    coalesce(sum(amount), 0)::decimal(38, 6) as amount,
    count(*) filter (where coalesce(quantity, amount) < 0) as negative_lines
from read_lines
where regexp_matches(document_id, '^[A-Za-z][0-9]')
group by prefix
order by lines desc, prefix
limit 10
