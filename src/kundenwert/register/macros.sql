-- register/macros.sql: how erased persons are recognised and what stays of a cell that is theirs. The hash is HMAC-SHA256 (RFC 2104)
create or replace macro keyed(word) as
    sha256(getvariable('key_outer')::blob || unhex(sha256(getvariable('key_inner')::blob || encode(word))));

create or replace macro is_erased(id) as
    coalesce(id::varchar = 'erased' or list_contains(getvariable('erased_ids')::varchar[], id::varchar), false);

-- A number or a name as whole words; or such a text, or a cell of a raw record whose hash is known.
create or replace macro mentions_erased(cell) as
    coalesce(regexp_matches(cell, nullif(getvariable('erased_pattern')::varchar, '')), false);
-- A name in a form that does not depend on how it is written, as in erased.py.
create or replace macro folded_name(cell) as replace(replace(replace(replace(replace(replace(replace(replace(
    lower(cell), 'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'), 'ß', 'ss'), 'é', 'e'), 'è', 'e'), 'á', 'a'), 'à', 'a');
create or replace macro canonical_name(cell) as array_to_string(list_sort(list_filter(
    regexp_extract_all(folded_name(cell), '[0-9a-z@+]+'),
    lambda token: token not in ('herr', 'herrn', 'frau', 'dr', 'prof', 'mr', 'mrs', 'ms', 'firma', 'familie')
)), ' ');
create or replace macro is_erased_cell(cell) as
    list_contains(getvariable('erased_hashes')::varchar[], keyed(trim(cell)))
    or list_contains(getvariable('erased_words')::varchar[], keyed('word:' || lower(trim(cell))))
    or (canonical_name(cell) <> '' and list_contains(getvariable('erased_words')::varchar[], keyed('name:' || canonical_name(cell))));
-- Family name and first name may stand in two cells.
create or replace macro with_pairs(cells) as
    list_concat(cells, list_transform(range(1, len(cells)), lambda place: cells[place] || ' ' || cells[place + 1]));
create or replace macro names_erased(cell) as
    mentions_erased(cell) or coalesce(len(list_filter(
        list_append(with_pairs(regexp_split_to_array(cell, '[;,\t|"]')), cell), lambda part: is_erased_cell(part)
    )) > 0, false);

create or replace macro id_without(id) as case when is_erased(id) then 'erased' else id::varchar end;
create or replace macro head_without(id) as case when not is_erased(id) then id::varchar end;
create or replace macro kept_unless(id, cell) as case when not is_erased(id) then cell end;
create or replace macro text_without(id, cell) as case when not is_erased(id) and not mentions_erased(cell) then cell end;
create or replace macro year_without(id, day) as case when is_erased(id) then date_trunc('year', day)::date else day end;

-- One of `lines` equal parts of a sum in millionths; the first takes what is left over.
create or replace macro part_of(total, lines, place) as
    (((total // lines) + case when place = 1 then total - (total // lines) * lines else 0 end)::decimal(24, 0)
    * 0.000001::decimal(7, 6))::decimal(18, 6);

create or replace macro null_or(cell) as nullif(cell, '');
