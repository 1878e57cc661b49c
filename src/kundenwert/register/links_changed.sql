-- register/links_changed.sql: how many links are new, and how many are gone
select
    (select count(*) from links_now anti join links_before using (pseudonym)) as added,
    (select count(*) from links_before anti join links_now using (pseudonym)) as removed
