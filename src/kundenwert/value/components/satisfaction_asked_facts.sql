-- value/components/satisfaction_asked_facts.sql: promoters (9 or 10), passives and detractors (up to 6) among those who were asked
select
    count(*) filter (where recommends > 8.5) as promoters,
    count(*) filter (where recommends > 6.5 and recommends <= 8.5) as passives,
    count(*) filter (where recommends <= 6.5) as detractors
from asked_to_recommend
