-- value/components/score_counts.sql: where the points of each criterion come from
select criterion, provenance, count(*) as customers from criterion_points group by criterion, provenance order by criterion, provenance
