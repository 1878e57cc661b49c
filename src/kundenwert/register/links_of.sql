-- register/links_of.sql: the numbers behind some pseudonyms
select pseudonym, customer_id from links_now where list_contains($pseudonyms::varchar[], pseudonym) order by pseudonym
