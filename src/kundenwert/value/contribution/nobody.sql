-- value/contribution/nobody.sql: nobody is left out of lists
select ''::varchar as customer_id where false
