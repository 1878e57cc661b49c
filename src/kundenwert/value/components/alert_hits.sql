-- value/components/alert_hits.sql: how many were alerted on the look-back day, how many of them stayed away, and how many of all
select
    count(*) as customers,
    count(*) filter (where stayed_away) as stayed_away,
    count(*) filter (where alert) as alerted,
    count(*) filter (where alert and stayed_away) as hits,
    count(*) filter (where alert and not is_lost) as alerted_in_time,
    count(*) filter (where alert and not is_lost and stayed_away) as hits_in_time
from tried_alerts
