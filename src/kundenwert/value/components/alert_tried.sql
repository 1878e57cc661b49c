-- value/components/alert_tried.sql: the alert as it would have been on the look-back day, and who stayed away until the as-of day. place: by
-- what was at stake then, the most first; among the alerted
with then_known as (
    select
        customer_id,
        $look_back - last_day > usual_gap as alert,
        $look_back - last_day >= lost_after as is_lost,
        coalesce(expected_purchases / nullif(p_alive, 0) * (1 - p_alive) * coalesce(mean_amount, 1), usual_gap - ($look_back - last_day)) as stake
    from rhythm_look_back
    where frequency > 0
)

select
    then_known.customer_id,
    then_known.alert,
    coalesce(then_known.is_lost, false) as is_lost,
    rhythm_now.last_day <= $look_back as stayed_away,
    row_number() over (partition by then_known.alert order by round(then_known.stake, 6) desc, then_known.customer_id) as place
from then_known
-- Who has no purchase left today (all taken back later) or may not be judged proves nothing.
inner join rhythm_now using (customer_id)
