-- register/words_of.sql: by what the customer records know a person
select name, email, phone from searched_records where customer_id = $customer
