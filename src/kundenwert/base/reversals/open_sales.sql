-- base/reversals/open_sales.sql: what is left of each sale after the matches so far
select
    sales.* exclude (pieces),
    sales.pieces - coalesce(taken.pieces, 0) as pieces
from sales
left join (select sale_file, sale_record, sum(pieces) as pieces from matches group by all) as taken
    on sales.file_id = taken.sale_file and sales.record = taken.sale_record
where sales.pieces > coalesce(taken.pieces, 0)
