-- value/components/margin_year.sql: contribution of the last 365 days, and the part of it that marketing and sales have not cost yet
select
    customer_id,
    coalesce(db4_year, db1_year)::decimal(18, 2) as margin,
    db1_year as first_margin,
    (db1_year - db3_year)::decimal(18, 2) as address_cost
from contribution_year
