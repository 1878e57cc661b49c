-- value/contribution/extra_cents.sql: which amounts get one more cent by largest remainder. First customers, so that the sum over
-- all is the total rounded once; then the years of each. Ties go to the smaller id and the earlier year. One column a figure, 1 or null
with uneven as (
    select customer_id, unallocated, "year", revenue, past, discount, bonus, cash_discount, marketing, sales, service, logistics
    from customer_years
    where revenue * 100 <> floor(revenue * 100)
        or past * 100 <> floor(past * 100)
        or discount * 100 <> floor(discount * 100)
        or bonus * 100 <> floor(bonus * 100)
        or cash_discount * 100 <> floor(cash_discount * 100)
        or marketing * 100 <> floor(marketing * 100)
        or sales * 100 <> floor(sales * 100)
        or service * 100 <> floor(service * 100)
        or logistics * 100 <> floor(logistics * 100)
),

amounts as (
    unpivot uneven
    on revenue, past, discount, bonus, cash_discount, marketing, sales, service, logistics
    into name figure value amount
),

parts as (
    select figure, customer_id, unallocated, "year", amount * 100 - floor(amount * 100) as remainder
    from amounts
    where amount * 100 <> floor(amount * 100)
),

of_customers as (
    select
        figure,
        customer_id,
        unallocated,
        floor(sum(remainder)) as whole,
        sum(remainder) - floor(sum(remainder)) as rest
    from parts
    group by figure, customer_id, unallocated
),

cents_of_customers as (
    select
        figure,
        customer_id,
        unallocated,
        whole + if(
            rest > 0
            and row_number() over (partition by figure, unallocated is null order by rest desc, customer_id, unallocated)
            <= round(sum(rest) over (partition by figure, unallocated is null)),
            1,
            0
        ) as cents
    from of_customers
),

placed as (
    select
        parts.*,
        cents_of_customers.cents,
        row_number() over (
            partition by parts.figure, parts.customer_id, parts.unallocated order by parts.remainder desc, parts."year"
        ) as place
    from parts
    inner join cents_of_customers
        on parts.figure = cents_of_customers.figure
        and parts.customer_id is not distinct from cents_of_customers.customer_id
        and parts.unallocated is not distinct from cents_of_customers.unallocated
)

select
    customer_id,
    unallocated,
    "year",
    max(1) filter (where figure = 'revenue') as revenue,
    max(1) filter (where figure = 'past') as past,
    max(1) filter (where figure = 'discount') as discount,
    max(1) filter (where figure = 'bonus') as bonus,
    max(1) filter (where figure = 'cash_discount') as cash_discount,
    max(1) filter (where figure = 'marketing') as marketing,
    max(1) filter (where figure = 'sales') as sales,
    max(1) filter (where figure = 'service') as service,
    max(1) filter (where figure = 'logistics') as logistics
from placed
where place <= cents
group by customer_id, unallocated, "year"
