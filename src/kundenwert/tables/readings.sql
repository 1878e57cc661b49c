-- tables/readings.sql: how a cell is read. A cell that does not follow its format becomes null, never a near guess.
--
-- Text cells: clean_amount, read_amount, read_day, read_id. Typed cells (Parquet, Arrow, workbooks) need no text reading:
-- amount_typed, day_typed and the like are plain casts, so that millions of lines cost next to nothing.

-- The blanks that exports use: blank, tab, no-break, figure, thin and narrow no-break.
create or replace macro without_blanks(cell) as
    case when regexp_matches(cell, '[\s\x{A0}\x{2007}\x{2009}\x{202F}]')
        then regexp_replace(cell, '^[\s\x{A0}\x{2007}\x{2009}\x{202F}]+|[\s\x{A0}\x{2007}\x{2009}\x{202F}]+$', '', 'g')
        else cell end;

-- One number with its groups of three: N in the pattern below. A blank or an apostrophe is always a thousands mark.
create or replace macro number_pattern(decimal_mark, thousands_mark) as
    '(?:(?:[0-9]+|[0-9]{1,3}(?:[ ''\x{2019}\x{A0}\x{2009}\x{202F}' || thousands_mark || '][0-9]{3})+)'
    || '(?:[' || decimal_mark || '][0-9]+)?|[' || decimal_mark || '][0-9]+)';

-- A currency as sign or code, with the blanks around it: C in the pattern below.
create or replace macro currency_pattern() as
    '[\s\x{A0}\x{202F}]*(?:(?:[A-Z]{3}|\p{Sc}|Fr\.|kr|zł|Kč)[\s\x{A0}\x{202F}]*)?';

-- One sign at most: before, after the currency, behind (SAP), or parentheses (bookkeeping).
create or replace macro amount_pattern(decimal_mark, thousands_mark) as
    '(?:[+\-\x{2212}]CNC|C[+\-\x{2212}][\s\x{A0}]*N|CNC[\-\x{2212}]?|CN[\-\x{2212}]C|\(CNC\)|C\(N\)|\(N\)C)';

create or replace macro amount_regex(decimal_mark, thousands_mark) as
    replace(replace(amount_pattern(decimal_mark, thousands_mark), 'C', currency_pattern()),
        'N', number_pattern(decimal_mark, thousands_mark));

-- A cell that already is a plain number with the decimal mark needs no further look; most cells are.
create or replace macro plain_regex(decimal_mark) as '-?[0-9]+(?:[' || decimal_mark || '][0-9]+)?';

-- "1.234,56-" -> "-1234.56"; null if the cell is no amount.
create or replace macro clean_amount(cell, decimal_mark, thousands_mark) as
    case
        when regexp_full_match(cell, plain_regex(decimal_mark)) then replace(cell, decimal_mark, '.')
        when regexp_full_match(without_blanks(cell), amount_regex(decimal_mark, thousands_mark))
        then case when regexp_matches(cell, '[\-\x{2212}(]') then '-' else '' end
            || replace(regexp_replace(regexp_replace(cell, 'Fr\.', ''), '[^0-9' || decimal_mark || ']', '', 'g'), decimal_mark, '.')
    end;

create or replace macro read_amount(cell, decimal_mark, thousands_mark) as
    try_cast(clean_amount(cell, decimal_mark, thousands_mark) as decimal(18, 6));

create or replace macro amount_typed(cell) as try_cast(cell as decimal(18, 6));

-- A number that is there but does not fit: null where it fits or is no number.
create or replace macro too_large(cell, decimal_mark, thousands_mark) as
    case when read_amount(cell, decimal_mark, thousands_mark) is null and clean_amount(cell, decimal_mark, thousands_mark) is not null
        then cell end;

create or replace macro too_large_typed(cell) as
    case when abs(cell::double) >= 1e12 and not isnan(cell::double) then cell::varchar end;

-- Net of tax, three ways; rounded once, to six places. The wider type is needed: 18 digits times 18 digits stay 18 digits
-- here and fail from a million on.
create or replace macro net_by_tax(gross, tax) as try_cast(gross::decimal(19, 6) - tax::decimal(19, 6) as decimal(18, 6));
create or replace macro net_by_rate(gross, rate) as try_cast(gross::double / (1.0 + rate::double) as decimal(18, 6));
create or replace macro net_by_product(quantity, price) as try_cast(quantity::decimal(19, 6) * price::decimal(18, 6) as decimal(18, 6));

-- A time behind a day: 2024-01-31T23:59:59.123+01:00. The day counts as it is written.
create or replace macro time_pattern() as
    '(?:(?:T|[\s\x{A0}]+)[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?\s*(?:[AaPp]\.?[Mm]\.?)?\s*(?:Z|UTC|GMT|[+\-][0-9]{2}(?::?[0-9]{2})?)?)?\s*';

create or replace macro day_number(day) as datediff('day', date '1970-01-01', day)::integer;

-- The day at the start of a cell whose whole shape is right. try_strptime knows which days exist.
create or replace macro day_shaped(cell, shape, format) as
    case when regexp_full_match(cell, '\s*(?:' || shape || ')' || time_pattern())
        then day_number(try_strptime(regexp_extract(cell, '^\s*(' || shape || ')', 1), format)::date) end;

-- Excel counts days from 1899-12-30 on; below 61 its calendar is wrong, and no sale is that old.
create or replace macro day_serial(cell) as
    case when regexp_full_match(cell, '\s*[0-9]{2,6}(?:[.,][0-9]+)?\s*')
        then try_cast(regexp_extract(cell, '[0-9]+') as integer) - 25569 end;

-- A bare day, the usual case, is checked by the cast itself: a pattern would cost more than the reading.
create or replace macro day_iso(cell) as
    case when cell like '____-__-__' then day_number(try_cast(cell as date))
        when regexp_full_match(cell, '[0-9]{4}-[0-9]{2}-[0-9]{2}' || time_pattern()) then day_number(try_cast(left(cell, 10) as date))
        when regexp_full_match(cell, '\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}' || time_pattern())
        then day_number(try_cast(regexp_extract(cell, '[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}') as date)) end;
create or replace macro day_yyyymmdd(cell) as
    case when regexp_full_match(cell, '\s*[0-9]{8}(?:T?[0-9]{6}Z?)?' || time_pattern())
        then day_number(try_strptime(regexp_extract(cell, '[0-9]{8}'), '%Y%m%d')::date) end;
create or replace macro day_dd_mm_yyyy(cell) as day_shaped(cell, '[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}', '%d.%m.%Y');
create or replace macro day_dd_mm_yy(cell) as day_shaped(cell, '[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{2}', '%d.%m.%y');
create or replace macro day_slash_dmy(cell) as day_shaped(cell, '[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}', '%d/%m/%Y');
create or replace macro day_slash_mdy(cell) as day_shaped(cell, '[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}', '%m/%d/%Y');
create or replace macro day_slash_dmy_short(cell) as day_shaped(cell, '[0-9]{1,2}/[0-9]{1,2}/[0-9]{2}', '%d/%m/%y');
create or replace macro day_slash_mdy_short(cell) as day_shaped(cell, '[0-9]{1,2}/[0-9]{1,2}/[0-9]{2}', '%m/%d/%y');
create or replace macro day_dash_dmy(cell) as day_shaped(cell, '[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}', '%d-%m-%Y');
create or replace macro day_dash_mdy(cell) as day_shaped(cell, '[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}', '%m-%d-%Y');
create or replace macro day_slash_ymd(cell) as day_shaped(cell, '[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}', '%Y/%m/%d');

-- All formats behind one name. The reader calls the single ones: planning a case of twelve costs more than a small file.
create or replace macro read_day(cell, format) as case format
    when 'iso' then day_iso(cell)
    when 'dd.mm.yyyy' then day_dd_mm_yyyy(cell)
    when 'dd.mm.yy' then day_dd_mm_yy(cell)
    when 'yyyymmdd' then day_yyyymmdd(cell)
    when 'dd/mm/yyyy' then day_slash_dmy(cell)
    when 'mm/dd/yyyy' then day_slash_mdy(cell)
    when 'dd/mm/yy' then day_slash_dmy_short(cell)
    when 'mm/dd/yy' then day_slash_mdy_short(cell)
    when 'dd-mm-yyyy' then day_dash_dmy(cell)
    when 'mm-dd-yyyy' then day_dash_mdy(cell)
    when 'yyyy/mm/dd' then day_slash_ymd(cell)
    when 'serial' then day_serial(cell)
end;

-- Typed days. A moment with zone has lost the zone it was written in: its day is that of UTC.
create or replace macro day_typed(cell) as datediff('day', date '1970-01-01', cell::date)::integer;
create or replace macro day_of_moment(cell) as floor(epoch_ms(cell) / 86400000.0)::integer;

-- Ids stay as they are written, leading zeros too; Excel's apostrophe prefix is no part of one.
-- Most are plain ASCII without tab or apostrophe and need no pattern.
create or replace macro read_id(cell) as
    case when strlen(cell) = length(cell) and not contains(cell, chr(9)) and not contains(cell, '''') then nullif(trim(cell), '')
        else nullif(trim(ltrim(without_blanks(cell), '''')), '') end;

-- A number that stands for an id: 13085.0 is 13085.
create or replace macro id_typed(cell) as
    case when isfinite(cell::double) then regexp_replace(
        case when abs(cell::double) < 9e15 and cell = trunc(cell) then cell::bigint::varchar else cell::varchar end, '\.0+$', '') end;

-- Sold on promotion: such columns hold a yes, a sign or the name of a campaign; an empty cell is a no.
create or replace macro read_promotion(cell) as
    not regexp_full_match(coalesce(cell::varchar, ''), '\s*(?i:nein|n|no|false|falsch|f|0(?:[.,]0+)?|-)?\s*');

-- The record as text, cells joined by the mark; an empty cell keeps its place.
create or replace macro joined(cells, mark) as array_to_string(list_transform(cells, lambda cell: coalesce(cell, '')), mark);

-- A day as a number: 20240131, or Excel's count of days.
create or replace macro day_of_number(cell, format) as case format
    when 'yyyymmdd' then day_number(try(make_date((cell::bigint) // 10000, (cell::bigint) // 100 % 100, (cell::bigint) % 100)))
    when 'serial' then case when cell between 61 and 2958465 then floor(cell)::integer - 25569 end
end;

create or replace macro product_net_by_tax(quantity, price, tax) as net_by_tax(net_by_product(quantity, price), tax);
create or replace macro product_net_by_rate(quantity, price, rate) as net_by_rate(net_by_product(quantity, price), rate);

-- How large a number is: for one look over a column before it is read.
create or replace macro magnitude(cell, decimal_mark, thousands_mark) as abs(read_amount(cell, decimal_mark, thousands_mark)::double);
create or replace macro magnitude_typed(cell) as case when not isnan(cell::double) then abs(cell::double) end;
create or replace macro product_too_large(quantity, price) as
    case when net_by_product(quantity, price) is null and quantity is not null and price is not null
        then quantity::varchar || ' x ' || price::varchar end;
