-- tables/company/cells.sql: how cells of the company's tables are read, and how a record is judged. Text in, value or null out.

-- A text without blanks around it; none is null.
create or replace macro read_text(cell) as nullif(trim(without_blanks(cell)), '');

-- Yes and no as exports write them; an empty cell is no answer.
create or replace macro read_flag(cell) as case
    when lower(trim(cell)) in ('ja', 'j', 'yes', 'y', 'true', 'wahr', 't', 'w', 'x', '1', '1.0') then true
    when lower(trim(cell)) in ('nein', 'n', 'no', 'false', 'falsch', 'f', '0', '0.0', '-') then false
end;
create or replace macro read_flag_inverse(cell) as not read_flag(cell);

-- Whoever wrote anything but a no has objected: such columns hold a day or a remark as often as a yes.
create or replace macro read_objection(cell) as case when trim(coalesce(cell, '')) <> '' then coalesce(read_flag(cell), true) end;

-- Treated, or held out on purpose.
create or replace macro read_treated(cell) as case
    when lower(trim(cell)) in ('behandelt', 'treated', 'test', 'testgruppe', 'treatment', 'aktion', 'angeschrieben') then true
    when lower(trim(cell)) in ('kontrolle', 'kontrollgruppe', 'control', 'holdout', 'unbehandelt', 'k') then false
    else read_flag(cell)
end;
create or replace macro read_treated_inverse(cell) as not read_flag(cell);

create or replace macro read_business(cell) as case
    when lower(trim(cell)) in (
        'b2b', 'firma', 'firmenkunde', 'geschäftskunde', 'geschaeftskunde', 'gewerbe', 'gewerblich', 'unternehmen', 'business',
        'company', 'gk', 'händler', 'haendler'
    ) then 'b2b'
    when lower(trim(cell)) in (
        'b2c', 'privat', 'privatkunde', 'privatperson', 'endkunde', 'verbraucher', 'consumer', 'private', 'person', 'pk'
    ) then 'b2c'
end;

create or replace macro read_stage(cell) as case
    when lower(trim(cell)) in ('marketing', 'werbung', 'db ii', 'db2', 'ii', '2') then 'marketing'
    when lower(trim(cell)) in ('sales', 'vertrieb', 'verkauf', 'db iii', 'db3', 'iii', '3') then 'sales'
    when lower(trim(cell)) in ('service', 'kundendienst', 'kundenservice') then 'service'
    when lower(trim(cell)) in ('logistics', 'logistik', 'versand', 'lieferung', 'lager') then 'logistics'
end;

create or replace macro read_period(cell) as case
    when lower(trim(cell)) in ('month', 'monthly', 'monat', 'monatlich', 'mtl', 'mtl.', 'm', '1 monat') then 'month'
    when lower(trim(cell)) in ('year', 'yearly', 'annual', 'jahr', 'jährlich', 'jaehrlich', 'jhrl.', 'j', 'y', '12 monate') then 'year'
end;

create or replace macro read_outcome(cell) as case
    when lower(trim(cell)) in (
        'won', 'gewonnen', 'auftrag', 'beauftragt', 'angenommen', 'erteilt', 'accepted', 'closedwon', 'closed won'
    ) then 'won'
    when lower(trim(cell)) in (
        'lost', 'verloren', 'abgelehnt', 'absage', 'abgesagt', 'rejected', 'closedlost', 'closed lost', 'storniert'
    ) then 'lost'
    when lower(trim(cell)) in ('open', 'offen', 'laufend', 'in bearbeitung', 'pending', 'versendet') then 'open'
end;

-- A rate has more decimals than money: one unit of some currencies is a hundredth of a cent.
create or replace macro read_rate(cell, decimal_mark, thousands_mark) as
    try_cast(clean_amount(cell, decimal_mark, thousands_mark) as decimal(18, 12));
create or replace macro rate_typed(cell) as try_cast(cell as decimal(18, 12));
create or replace macro read_whole(cell, decimal_mark, thousands_mark) as
    case when read_amount(cell, decimal_mark, thousands_mark) = trunc(read_amount(cell, decimal_mark, thousands_mark))
        then try_cast(read_amount(cell, decimal_mark, thousands_mark) as integer) end;
create or replace macro whole_typed(cell) as case when cell = trunc(cell) then try_cast(cell as integer) end;

create or replace macro date_of_day(day) as date '1970-01-01' + day;
-- A null limit is no limit.
create or replace macro within_limits(value, low, high) as
    case when (low is null or value >= low) and (high is null or value <= high) then value end;
create or replace macro not_before(day, earlier) as case when day < earlier then null else day end;

-- The name of the rule that a record breaks, or null.
create or replace macro breaks_given(text, rule) as case when trim(coalesce(text, '')) = '' then rule end;
create or replace macro breaks_readable(value, text, rule) as case when value is null and trim(coalesce(text, '')) <> '' then rule end;
create or replace macro breaks_no_sum(text, rule) as
    case when regexp_full_match(text, '\s*(?i:(?:gesamt\s*)?(?:summe|ergebnis|gesamtergebnis|gesamt|total|grand total|sum)\b.*)') then rule end;
create or replace macro breaks_sound(id, rule) as case when not id_is_sound(id) then rule end;
create or replace macro broken_rules(rules) as list_filter(rules, lambda rule: rule is not null);

-- What identifies a record: null if a part is missing. The sign between the parts occurs in no cell.
create or replace macro key_of(parts) as
    case when len(list_filter(parts, lambda part: part is null)) = 0 then array_to_string(parts, chr(31)) end;
-- A digest of 128 bits: two different records must never be taken for one.
create or replace macro content_of(cells) as md5_number(cells::varchar);
create or replace macro exactly(value) as value::decimal(38, 6);

-- Only the text of records that somebody may want to look at is kept.
create or replace macro kept_text(raw, rules, flaws) as
    case when len(broken_rules(rules)) > 0 or len(broken_rules(flaws)) > 0 then raw end
