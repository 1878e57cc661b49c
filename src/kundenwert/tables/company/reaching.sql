-- tables/company/reaching.sql: what of postcodes, e-mail addresses and telephone numbers can be one, and what says that a letter came back

-- "D-20095" is A-99999.
create or replace macro shape_of(postcode) as
    regexp_replace(regexp_replace(upper(trim(postcode)), '[0-9]', '9', 'g'), '[A-Z]', 'A', 'g');

create or replace macro may_be_mail(email) as regexp_full_match(lower(trim(email)), '[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.0-9]{2,}');

-- Six to fifteen digits with the signs that stand between them, and an extension.
create or replace macro may_be_phone(phone) as
    regexp_full_match(lower(trim(phone)), '[+]?[0-9()/. –-]+((dw|durchwahl|ext|app)[.: ]*[0-9]+)?')
    and length(regexp_replace(phone, '[^0-9]', '', 'g')) between 6 and 15;

create or replace macro says_it_came_back(words) as regexp_matches(
    lower(words),
    'unzustellbar|nicht zustellbar|r(ü|ue)ckl(ä|ae)ufer|verzogen|empf(ä|ae)nger unbekannt|unbekannter empf(ä|ae)nger|bounce|undeliver'
    || '|not deliver|mailer.daemon|unknown recipient|address unknown|moved away'
);
-- In a column that says how a contact ended, "returned" means the letter; elsewhere it may be goods.
create or replace macro came_back(outcome, purpose, channel) as coalesce(
    says_it_came_back(concat_ws(' ', outcome, purpose, channel)) or regexp_matches(lower(outcome), '^(returned|retour(niert)?|zur(ü|ue)ck)\b'),
    false
)
