-- register/pseudonyms.sql: how numbers of customers become pseudonyms, the same each time for who has the key: the first 80 bits of
-- HMAC-SHA256 (RFC 2104). What is no sound number stays none; what could not be read stays unreadable, without its text.
create or replace macro pseudonym_of(word) as substring(
    sha256(getvariable('pseudonym_outer')::blob || unhex(sha256(getvariable('pseudonym_inner')::blob || encode(word)))), 1, 20
);

create or replace macro pseudonym(id) as case
    when id is null then null
    when not id_is_sound(id::varchar) then '0E+00'
    else 'P-' || pseudonym_of(id::varchar)
end;

create or replace macro staff_pseudonym(name) as case when name is not null then 'M-' || pseudonym_of('staff:' || lower(trim(name))) end;

-- Only whether there was something is kept of a cell's text, and whether it begins a line of sums.
create or replace macro covered_text(cell) as case
    when trim(coalesce(cell, '')) = '' then cell
    when regexp_full_match(cell, '\s*(?i:(?:gesamt\s*)?(?:summe|ergebnis|gesamtergebnis|gesamt|total|grand total|sum)\b.*)') then 'Summe'
    else '?'
end;
