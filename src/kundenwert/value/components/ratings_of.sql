-- value/components/ratings_of.sql: the judgements of one customer in the table of ratings up to a day
select criterion, points, coalesce(person, '') as person, date, coalesce(reason, '') as reason
from ledger_ratings
where customer_id = $customer and date <= $as_of
order by date desc, criterion, person
