-- tables/company/filled.sql: how many of the records that count have a cell in each role
select count(columns(*)) as "\0" from filled_cells
