-- register/named.sql: how many cells of a text column name an erased person
select count(*) as found from searched where names_erased(cell)
