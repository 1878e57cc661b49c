-- value/screens/portfolio_owned.sql: the customers of the list that a reader sees; without managers all of them
select
    customer_id,
    name,
    value
from list_rows
where customer_id not in (select customer_id from objectors)
    and ($managers::varchar[] is null or account_manager in (select unnest($managers::varchar[])))
