-- base/reversals/open_reversals.sql: what is left of each reversal after the matches so far
select
    reversals.* exclude (pieces, amount),
    reversals.pieces - coalesce(taken.pieces, 0) as pieces
from reversals
left join (select reversal_file, reversal_record, sum(pieces) as pieces from matches group by all) as taken
    on reversals.file_id = taken.reversal_file and reversals.record = taken.reversal_record
where reversals.pieces > coalesce(taken.pieces, 0)
