-- tables/company/names.sql: what of names, streets and telephone numbers can be compared

create or replace macro plain_letters(cell) as
    regexp_replace(
        strip_accents(replace(replace(replace(replace(lower(coalesce(cell, '')), 'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'), 'ß', 'ss')),
        '[^a-z0-9]+', ' ', 'g'
    );

-- The words of a name without legal form, form of address and words for a branch, sorted: "Meier & Co. KG, Karl" and "Karl Meier" are the same words.
create or replace macro name_words(name) as list_sort(list_filter(
    string_split(trim(plain_letters(name)), ' '),
    lambda word: length(word) > 1 and word not in (
        'gmbh', 'mbh', 'co', 'kg', 'kgaa', 'ag', 'ohg', 'ek', 'ekfr', 'gbr', 'ug', 'se', 'ev', 'eg', 'inc', 'ltd', 'llc', 'limited', 'inh',
        'fa', 'firma', 'herr', 'frau', 'dr', 'und', 'haftungsbeschraenkt', 'filiale', 'niederlassung', 'nl', 'zweigstelle', 'zentrale',
        'hauptsitz'
    )
));

-- "+49 (0)221 123-45" and "0221/12345" are the same number; fewer than six digits are none.
create or replace macro plain_phone(phone) as
    case when length(regexp_replace(coalesce(phone, ''), '[^0-9]', '', 'g')) >= 6
        then regexp_replace(regexp_replace(replace(phone, '(0)', ''), '[^0-9+]', '', 'g'), '^(?:[+]49|0049|[+])0?', '0') end;

create or replace macro plain_street(street) as
    nullif(replace(regexp_replace(plain_letters(street), '(?:strasse|str)\b', 'str', 'g'), ' ', ''), '');

create or replace macro plain_mail(email) as nullif(lower(trim(email)), '');

-- How well each word of one name is met by its best counterpart in the other, longer words counting more; the worse direction counts.
create or replace macro met(words, others) as
    list_sum(list_transform(words, lambda word: length(word) * list_max(list_transform(others, lambda other:
        jaro_winkler_similarity(word, other)))))
    / list_sum(list_transform(words, lambda word: length(word)));
create or replace macro names_alike(words, others) as
    case when len(words) > 0 and len(others) > 0 then least(met(words, others), met(others, words)) else 0 end
