-- value/components/alert_hits_of_first.sql: of the $k alerted with most at stake those who stayed away
select
    count(*) as alerted,
    count(*) filter (where stayed_away) as hits
from tried_alerts
where alert and place <= $k
