-- tables/line_kind.sql: the kinds of a line. Words of a known list are written faster than texts, and read back as texts.
create type if not exists line_kind as enum ('sale', 'return', 'cancellation')
