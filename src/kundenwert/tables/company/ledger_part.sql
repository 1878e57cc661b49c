-- tables/company/ledger_part.sql: one table as the ledger keeps it; its records are sorted already
select * from ledger_part
