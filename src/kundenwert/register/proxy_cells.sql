-- register/proxy_cells.sql: what a column of a source says of each customer; who has several gets the first in the order of letters
select
    proxy_records.customer_id,
    min(trim(proxy_raw_cells.cell)) as cell
from proxy_records
inner join proxy_raw_cells using (record)
where proxy_records.customer_id is not null and trim(coalesce(proxy_raw_cells.cell, '')) <> ''
group by proxy_records.customer_id
