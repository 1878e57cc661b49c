-- value/contribution/plain_activities.sql: the activities of a ledger whose customers ask nothing of a delivery
select * from ledger_activities
