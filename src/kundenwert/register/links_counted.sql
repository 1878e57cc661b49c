-- register/links_counted.sql: how many links there are, and how many pseudonyms
select count(*) as links, count(distinct pseudonym) as pseudonyms from links_now
