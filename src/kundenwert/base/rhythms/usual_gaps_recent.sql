-- base/rhythms/usual_gaps_recent.sql: the same for the histories of a small base
select usual_gap
from forecasts
order by frequency, recency, t, recent
