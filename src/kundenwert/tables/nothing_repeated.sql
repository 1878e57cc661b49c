-- tables/nothing_repeated.sql: where repeated records are not looked for
select 0::integer as file_id, 0::bigint as record where false
