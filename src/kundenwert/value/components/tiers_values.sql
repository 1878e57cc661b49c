-- value/components/tiers_values.sql: the values of a measure and how many customers have each
select
    case $measure
        when 'clv' then clv
        when 'value' then value
        when 'past' then past
        when 'revenue' then revenue
        when 'db1' then db1
        when 'db2' then db2
        when 'db3' then db3
        when 'db4' then db4
    end::double as value,
    count(*) as customers
from member_money
where level <> 'none'
group by 1
having value is not null
order by 1 desc
