-- value/components/score_scores.sql: the scores of all who have one, by customer
select score from score_sums where score is not null order by customer_id
