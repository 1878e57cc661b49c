-- base/backtest/numbers.sql: the customers of a backtest whose lines have numbers for ids
select number as customer_id, number from backtest_ids
