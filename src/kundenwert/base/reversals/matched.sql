-- base/reversals/matched.sql: how much of the reversals found its sale: lines wholly or partly matched, and their money
select
    count(*) as lines,
    count(*) filter (where taken > 0) as matched_lines,
    coalesce(sum(amount), 0)::decimal(38, 6) as amount,
    coalesce(sum((amount::double * taken::double / pieces::double)::decimal(18, 6)), 0)::decimal(38, 6) as matched_amount,
    count(*) filter (where taken < pieces) as unmatched_lines,
    coalesce(sum((amount::double * (pieces - taken)::double / pieces::double)::decimal(18, 6)), 0)::decimal(38, 6) as unmatched_amount
from (
    select reversals.*, coalesce(taken.pieces, 0) as taken
    from reversals
    left join (select reversal_file, reversal_record, sum(pieces) as pieces from matches group by all) as taken
        on reversals.file_id = taken.reversal_file and reversals.record = taken.reversal_record
)
