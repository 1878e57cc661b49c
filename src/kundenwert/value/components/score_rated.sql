-- value/components/score_rated.sql: what people gave on one criterion, by the place of each customer
select row_place, points, people::double as people, is_permitted::integer as is_permitted from criterion_ratings where criterion = $criterion
