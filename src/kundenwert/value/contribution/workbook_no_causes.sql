-- value/contribution/workbook_no_causes.sql: without cost to serve no loss has a cause
select ''::varchar as customer_id, ''::varchar as cause, 1 as place, 0::double as excess where false
