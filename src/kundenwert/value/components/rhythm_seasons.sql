-- value/components/rhythm_seasons.sql: the season found of each customer
select
    quarters.number,
    nullif(found_seasons.quarter, 0)::integer as season_quarter,
    nullif(found_seasons.share, 'nan'::double) as season_share,
    nullif(found_seasons.p, 'nan'::double) as season_p
from quarters
inner join found_seasons using (place)
