-- register/folded.sql: a number as people mean it, whatever its capitals, blanks around it and zeros in front
create or replace macro folded(number) as ltrim(lower(trim(number::varchar)), '0');
