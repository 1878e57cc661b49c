-- value/components/contribution_year_plain.sql: the same where no cost is known: nothing is known of contribution
select
    customer_id,
    0::bigint as purchase_days,
    null::decimal(18, 2) as db1_year,
    null::decimal(18, 2) as db2_year,
    null::decimal(18, 2) as db3_year,
    null::decimal(18, 2) as db4_year
from judged
