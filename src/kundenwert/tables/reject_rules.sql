-- tables/reject_rules.sql: how many records break each rule
select unnest(rules) as rule, count(*) as lines from rejects group by rule order by lines desc, rule
