-- value/components/rhythm_quarter_arrays.sql: the counts and days by quarter, in the order of their places
select
    n1,
    n2,
    n3,
    n4,
    d1,
    d2,
    d3,
    d4
from quarters
order by place
