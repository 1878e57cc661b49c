-- tables/company/persons.sql: who is a natural person and who a company, by kind, legal form and, where neither tells, name

-- Sole traders and partnerships of persons (e. K., GbR) are natural persons to the law of data protection, whatever they trade in.
create or replace macro says_person(legal_form) as regexp_matches(
    lower(legal_form),
    'einzel(unternehm|kauf|firma|person)|\be\.? ?k(fm|fr)?\b|\bgbr\b|b(ü|ue)rgerlichen rechts|freiberuf|selbst(st)?(ä|ae)ndig'
    || '|privat|nat(ü|ue)rliche|sole|proprietor|self-?employed|eingetragene. kauf|\binh\b|inhaber'
);
create or replace macro says_company(legal_form) as regexp_matches(
    lower(legal_form),
    '\b(g?gmbh|mbh|ag|kg|kgaa|ohg|ug|se|eg|ev|ltd|llc|llp|inc|corp|plc|bv|nv|s\.?a\.?r\.?l|oy|ab|aps)\b|\be\. ?v\b|\be\. ?g\b|gesellschaft'
    || '|aktien|genossenschaft|stiftung|verein|firma|company|juristische|k(ö|oe)rperschaft'
);

-- Where nothing tells, it is null: nobody knows.
create or replace macro is_natural_person(kind, legal_form, name) as case
    when kind = 'b2c' or coalesce(says_person(legal_form), false) then true
    -- Master data call a merchant e. K. a firm; the name knows better.
    when says_person(name) and not says_company(name) then true
    when kind = 'b2b' or coalesce(says_company(legal_form), false) or coalesce(says_company(name), false) then false
end
