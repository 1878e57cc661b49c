-- register/different_cells.sql: the different cells of a column, if there are but few
select distinct cell from hiding_cells where trim(coalesce(cell, '')) <> '' limit $most
