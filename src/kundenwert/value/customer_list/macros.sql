-- value/customer_list/macros.sql: how cells of the value table become numbers of fixed width; what is not known has a number of its own
create or replace macro list_cents(cell) as coalesce((cell::decimal(18, 2) * 100)::bigint, -9223372036854775807);
create or replace macro list_day(cell) as coalesce((cell::date - date '1970-01-01')::integer, -2147483647);
create or replace macro list_count(cell) as coalesce(cell::integer, -2147483647);
create or replace macro list_number(cell) as coalesce(cell::double, 'nan'::double);
create or replace macro list_flag(cell) as coalesce(cell::boolean, false);
create or replace macro list_length(cell) as coalesce(strlen(cell), 0)::integer;
-- Small letters, umlauts written out, without accents: how names are looked for and sorted.
create or replace macro list_folded(cell) as
    strip_accents(replace(replace(replace(replace(replace(lower(cell), 'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'), 'ß', 'ss'), 'ı', 'i'));
-- What a search looks into; each ends with a line, so that nothing is found across two of them.
create or replace macro list_searched(number, name, city) as list_folded(concat_ws(' ', number, name, city)) || chr(10)
