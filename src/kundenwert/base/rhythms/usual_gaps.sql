-- base/rhythms/usual_gaps.sql: the usual gap of each history under the model of the run, in the order of its histories
select usual_gap
from forecasts
order by frequency, recency, t
