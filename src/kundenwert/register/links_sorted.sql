-- register/links_sorted.sql: the links as they are kept
select pseudonym, customer_id from links_now order by pseudonym
