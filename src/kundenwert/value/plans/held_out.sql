-- value/plans/held_out.sql: who is left out by chance, and what each would have got
select * from plan_held_out
