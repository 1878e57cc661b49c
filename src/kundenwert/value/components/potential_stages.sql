-- value/components/potential_stages.sql: the stages of offers, those with open ones first
select stage, won, decided, open, open_amount, chance, chance_of_all, all_won, all_decided
from potential_chances
order by open desc, decided desc, stage
limit $most
