-- value/plans/drawn.sql: who could have been left out by chance and was not, and what was meant for each before anybody was left out
select * from plan_drawn
