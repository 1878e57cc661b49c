-- tables/company/standing.sql: which sound records count: those of the newest file that has their key; identical ones count once
with sound as (
    select
        file_id,
        record,
        key is null as stands_alone,
        content,
        key,
        event_day,
        -- Without a key the first, second ... record of the same content are met by the first, second ... in another file.
        row_number() over (partition by file_id, content order by record) as copy
    from checked_records
    where len(rules) = 0
),

ages as (
    select file_id, row_number() over (order by max(event_day) nulls first, file_id) as age
    from sound
    group by file_id
),

grouped as (
    select
        sound.*,
        ages.age,
        coalesce(key, chr(30) || content || '/' || copy) as unit
    from sound
    inner join ages using (file_id)
),

ranked as (
    select
        *,
        max(age) over (partition by unit) as newest,
        max(age) over (partition by unit, content) as newest_alike,
        row_number() over (partition by unit order by age desc, record desc) as place,
        first_value(content) over (partition by unit order by age desc, record desc) as last_content
    from grouped
)

select
    file_id,
    record,
    case
        when getvariable('one_a_key')::boolean and not stands_alone
            then case when place = 1 then 'good' when content = last_content then 'repeated' else 'superseded' end
        when age < newest then if(newest_alike = newest, 'repeated', 'superseded')
        when copy > 1 and not getvariable('keeps_repeats')::boolean then 'repeated'
        else 'good'
    end as standing
from ranked
