-- value/components/contracts_fee.sql: the mean fee a month of running contracts that have one
select (sum(fee) / count(*))::double as fee from contracts_known where fee > 0 and not is_over
