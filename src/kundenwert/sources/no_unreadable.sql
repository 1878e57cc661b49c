-- sources/no_unreadable.sql: the empty list of records that could not be split
select null::bigint as line, null::varchar as reason, null::varchar as raw where false
