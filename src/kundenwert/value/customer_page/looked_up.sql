-- value/customer_page/looked_up.sql: a view by the column it is looked up by, rows of one value in the order they had
select * exclude (place)
from (
    select
        *,
        row_number() over () as place
    from looked_up
    where looked_up_by is not null
)
order by looked_up_by, place
