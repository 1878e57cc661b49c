-- value/components/segments_grouped.sql: each customer in one group of each attribute: its own name among the $most largest, '…' for all
-- others, null where nothing is known
with sizes as (
    select grouping, name, row_number() over (partition by grouping order by count(*) desc, name) as size
    from segments_known
    where name is not null
    group by grouping, name
)

select
    segments_known.customer_id,
    segments_known.grouping,
    segments_known.place * 1000000 + case
        when sizes.size is null then 999999 when sizes.size > $most then 999998 else sizes.size
    end as place,
    if(sizes.size > $most, '…', segments_known.name) as name
from segments_known
left join sizes using (grouping, name)
