-- base/reversals/no_matches.sql: the empty list of matches that the rules add to
select
    0::integer as rule,
    file_id as sale_file,
    record as sale_record,
    file_id as reversal_file,
    record as reversal_record,
    pieces
from sales
where false
