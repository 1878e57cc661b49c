-- tables/rules.sql: what a sound customer id is: at most 255 characters, and not a number that a spreadsheet has turned into 4,01E+12
create or replace macro id_is_sound(id) as
    id is null
    or (length(id) <= 255 and not regexp_full_match(id, '[0-9](?:[.,][0-9]+)?[eE][+][0-9]+'))
