-- value/components/score_list.sql: each criterion with each way to points, weights as exact numbers
select
    place::smallint as place,
    code::smallint as code,
    criterion::varchar as criterion,
    provenance::varchar as provenance,
    basis::varchar as basis,
    weight::decimal(12, 6) as weight,
    share::double as share,
    is_money::boolean as is_money,
    is_flag::boolean as is_flag,
    tariff::decimal(18, 6) as tariff
from criterion_list_as_text
where criterion <> ''
