-- value/components/has_ratings.sql: whether people have rated anybody, in the register or in a table of ratings
select exists (select 1 from register_ratings) or exists (select 1 from ledger_ratings) as found
