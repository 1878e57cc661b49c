-- tables/line_class.sql: the classes of the lines that a ledger holds
create type if not exists line_class as enum ('without_customer', 'cancellation', 'return', 'kept')
