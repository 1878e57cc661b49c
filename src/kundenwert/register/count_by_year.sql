-- register/count_by_year.sql: records of a table by calendar year
select year(day) as year, count(*) as records from dated where day is not null group by year order by year
