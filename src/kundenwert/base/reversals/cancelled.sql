-- base/reversals/cancelled.sql: what reversals took from each sales line: pieces, and the money the reversals gave back for them
select
    sale_file as file_id,
    sale_record as record,
    sum(matches.pieces) as pieces,
    sum((reversals.amount::double * matches.pieces::double / reversals.pieces::double)::decimal(18, 6)) as amount
from matches
inner join reversals
    on matches.reversal_file = reversals.file_id and matches.reversal_record = reversals.record
group by all
