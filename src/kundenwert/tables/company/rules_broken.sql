-- tables/company/rules_broken.sql: how many records of one table break each rule, and how many unread cells were left empty
select unnest(rules) as rule, true as rejects, count(*) as records, min(record) as first_record, min_by(raw, record) as raw
from checked_records where len(rules) > 0
group by rule
union all
select unnest(flaws) as rule, false as rejects, count(*) as records, min(record) as first_record, min_by(raw, record) as raw
from checked_records where len(flaws) > 0 and len(rules) = 0
group by rule
order by rejects desc, records desc, rule
