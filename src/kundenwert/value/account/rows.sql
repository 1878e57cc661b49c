-- value/account/rows.sql: the members as they are
select * from account_members
