-- value/contribution/loss_causes.sql: each possible cause of each customer with a negative db4: what it costs, what it costs
-- others for the same sales at list price (usual), and by how much it is above that (excess), which orders the causes. Others are
-- the customers of the same size; where no cost is above theirs, all customers. target: where the cause alone would bring db4 to
-- zero, as a share of the list price for discounts, else as a count; null if it cannot
with classes as (
    select
        size_class,
        sum(size) as size,
        sum(discount_cost) as discount_cost,
        sum(order_cost) as order_cost,
        sum(visit_cost) as visit_cost,
        sum(return_cost) as return_cost,
        sum(complaint_cost) as complaint_cost
    from period
    group by size_class
),

company as (
    select
        sum(size) as all_size,
        sum(discount_cost) as all_discount_cost,
        sum(order_cost) as all_order_cost,
        sum(visit_cost) as all_visit_cost,
        sum(return_cost) as all_return_cost,
        sum(complaint_cost) as all_complaint_cost
    from classes
),

possible as (
    select
        period.customer_id,
        -period.db4::double as loss,
        period.size::double as own_size,
        period.revenue::double as revenue,
        classes.size::double as peer_size,
        company.all_size::double as all_size,
        unnest([
            {
                'cause': 'discount',
                'cost': period.discount_cost::double,
                'units': null::double,
                'peers': classes.discount_cost::double,
                'everybody': company.all_discount_cost::double
            },
            {
                'cause': 'small_orders',
                'cost': period.order_cost::double,
                'units': period.orders::double,
                'peers': classes.order_cost::double,
                'everybody': company.all_order_cost::double
            },
            {
                'cause': 'visits',
                'cost': period.visit_cost::double,
                'units': period.visits::double,
                'peers': classes.visit_cost::double,
                'everybody': company.all_visit_cost::double
            },
            {
                'cause': 'returns',
                'cost': period.return_cost::double,
                'units': period."returns"::double,
                'peers': classes.return_cost::double,
                'everybody': company.all_return_cost::double
            },
            {
                'cause': 'complaints',
                'cost': period.complaint_cost::double,
                'units': period.complaints::double,
                'peers': classes.complaint_cost::double,
                'everybody': company.all_complaint_cost::double
            }
        ]) as one
    from period
    inner join classes using (size_class)
    cross join company
    where period.db4 < 0
),

compared as (
    select
        *,
        if(peer_size > own_size, (one.peers - one.cost) / (peer_size - own_size) * own_size, 0) as among_peers,
        if(all_size > own_size, (one.everybody - one.cost) / (all_size - own_size) * own_size, 0) as among_all
    from possible
),

judged as (
    select
        *,
        if(max(one.cost - among_peers) over (partition by customer_id) > 0, among_peers, among_all) as usual
    from compared
)

select
    customer_id,
    one.cause as cause,
    row_number() over (partition by customer_id order by one.cost - usual desc, one.cause) as place,
    one.cost as cost,
    usual,
    one.cost - usual as excess,
    one.units as units,
    own_size,
    revenue,
    loss,
    case
        when one.cause = 'discount' then if(own_size > 0 and one.cost >= loss, (one.cost - loss) / own_size, null)
        when one.units > 0
            and one.cost > 0
            and floor(one.units - loss / (one.cost / one.units) + 1e-9) >= if(one.cause = 'small_orders', 1, 0)
            then floor(one.units - loss / (one.cost / one.units) + 1e-9)
    end as target
from judged
