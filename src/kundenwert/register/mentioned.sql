-- register/mentioned.sql: how many cells of a text column mention an erased person
select count(*) as found from searched where mentions_erased(cell)
