-- sources/untaxed.sql: lines with money and with tax, and lines with money but without any word on tax
select
    count(*) filter (where gross <> 0 and tax is not null) as taxed,
    count(*) filter (where gross <> 0 and tax is null) as untaxed,
    min(record) filter (where gross <> 0 and tax is null) as record
from inspected_tax
