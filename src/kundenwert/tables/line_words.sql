-- tables/line_words.sql: the words that a ledger has for a line. Words of a known list are written faster than texts, and read back as texts.
create type if not exists line_kind as enum ('sale', 'return', 'cancellation');
create type if not exists line_class as enum ('without_customer', 'cancellation', 'return', 'kept')
