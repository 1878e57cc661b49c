"""The invented company after its first two years, and its tables in an engine of the tests' own."""

from __future__ import annotations

import duckdb
import pytest

from kundenwert.example.company import Company, first_two_years
from kundenwert.example.company._truth import Truth


@pytest.fixture(scope="session")
def company() -> Company:
    return first_two_years()


@pytest.fixture(scope="session")
def truth(company: Company) -> Truth:
    return company.truth()


@pytest.fixture(scope="session")
def records(company: Company):
    """Asks the tables in SQL, without any code of the product, and gives the rows."""
    engine = duckdb.connect()
    for name, table in company.tables().items():
        engine.register(name, table)
    engine.execute(RESULT)

    def ask(query: str) -> list[tuple]:
        return engine.execute(query).fetchall()

    yield ask
    engine.close()


# One row a customer: contribution after goods (db1) and after activities (db4) in EUR, and by how much each possible cause of a loss
# costs more than it does on average for the same sales at list price.
RESULT = """
create table result as
with lines as (
    select transactions.*, coalesce(rate, 1)::double as fx
    from transactions left join rates using (date, currency)
), sold as (
    select
        customer_id,
        sum(amount * fx) as net,
        sum(coalesce(list_amount, amount) * fx) as listed,
        sum(coalesce(discount, 0) * fx) as discount,
        sum(cost * fx) as cost,
        coalesce(sum((cost - amount) * fx) filter (kind = 'return' and list_amount is not null), 0) as margin_lost
    from lines group by customer_id
), deducted as (
    select customer_id, sum(cash_discount::double * coalesce(rate, 1)) as cash
    from payments left join rates on rates.date = invoice_date and rates.currency = payments.currency
    group by customer_id
), priced as (
    select activities.customer_id, activities.driver, (count * arg_max(rate, valid_from))::double as money
    from activities inner join activity_rates using (driver)
    where valid_from <= date
    group by activities.customer_id, activities.driver, activities.date, count
), served as (
    select
        customer_id,
        sum(money) as cost,
        coalesce(sum(money) filter (driver in ('orders', 'deliveries')), 0) as orders,
        coalesce(sum(money) filter (driver = 'visits'), 0) as visits,
        coalesce(sum(money) filter (driver = 'returns'), 0) as returns,
        coalesce(sum(money) filter (driver = 'complaints'), 0) as complaints
    from priced group by customer_id
), complained as (
    select customer_id, coalesce(sum(cost), 0)::double as goodwill from complaints group by customer_id
), each as (
    select
        customer_id, net, listed,
        net - sold.cost - coalesce(cash, 0) as db1,
        net - sold.cost - coalesce(cash, 0) - coalesce(served.cost, 0) - coalesce(goodwill, 0) as db4,
        discount as c_discount,
        coalesce(orders, 0) as c_orders,
        coalesce(visits, 0) as c_visits,
        coalesce(returns, 0) + margin_lost as c_returns,
        coalesce(complaints, 0) + coalesce(goodwill, 0) as c_complaints
    from sold left join deducted using (customer_id) left join served using (customer_id) left join complained using (customer_id)
), shares as (
    select *, listed / sum(listed) over () as share,
        sum(c_discount) over () as t_discount, sum(c_orders) over () as t_orders, sum(c_visits) over () as t_visits,
        sum(c_returns) over () as t_returns, sum(c_complaints) over () as t_complaints
    from each
)
select
    customer_id, net, listed, db1, db4,
    list_aggregate([
        (c_discount - share * t_discount, 'discount'), (c_orders - share * t_orders, 'small_orders'),
        (c_visits - share * t_visits, 'visits'), (c_returns - share * t_returns, 'returns'),
        (c_complaints - share * t_complaints, 'complaints')
    ], 'max')[2] as cause
from shares
"""
