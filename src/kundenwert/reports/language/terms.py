"""What the words mean that are not everyday ones, for reports and pages alike. Columns name by its key the word that explains them."""

from __future__ import annotations

from functools import lru_cache

from kundenwert.reports.language import Language

# A word: key, how it is called, what it means.
Term = tuple[str, str, str]


def groups(language: Language) -> tuple[tuple[str, tuple[Term, ...]], ...]:
    """All words under the headings they belong to."""
    text = language.text
    return (
        (text("What every figure rests on"), _basis(language)),
        (text("Customers"), _customers(language)),
        (text("Customer result"), _result(language)),
        (text("Portfolio"), _portfolio(language)),
        (text("Planner"), _planner(language)),
        (text("Models"), _models(language)),
    )


def chosen(language: Language, *keys: str) -> tuple[Term, ...]:
    """Some words, in the order asked for. Raises KeyError for a key that has no word."""
    known = {term[0]: term for _, terms in groups(language) for term in terms}
    return tuple(known[key] for key in keys)


@lru_cache(maxsize=1)
def keys() -> frozenset[str]:
    """The keys of all words."""
    return frozenset(key for _, terms in groups(Language("en")) for key, _, _ in terms)


def _basis(language: Language) -> tuple[Term, ...]:
    text = language.text
    return (
        ("asof", text("As-of day"), text("The last day that counts. Everything after it is unknown to the forecast.")),
        ("horizon", text("Horizon"), text("How far the forecast looks ahead from the as-of day. What may come later does not count.")),
        (
            "discount",
            text("Discount rate"),
            text(
                "What a year of waiting costs. At {rate} a year, 100 in one year count as {now} today.",
                rate=language.percent(0.1, 0),
                now=language.number(100 / 1.1, 1),
            ),
        ),
        (
            "value",
            text("Customer value"),
            text(
                "What a customer has brought so far, plus what is expected up to the horizon. It is counted in contribution where costs "
                "are known, else in revenue."
            ),
        ),
        (
            "clv",
            text("Expected value"),
            text(
                "The part of the customer value that is still to come, each amount discounted from its day. Experts call it residual CLV."
            ),
        ),
        (
            "range",
            text("Range, from – to"),
            text(
                "Where a figure will end up in 9 of 10 cases; experts say 90% prediction interval. In 1 case of 20 it falls below, in "
                "1 of 20 it goes above."
            ),
        ),
        (
            "run",
            text("Valuation (run)"),
            text(
                "All customers reckoned once, from the files and settings of that moment. It is never changed; a later one stands "
                "beside it."
            ),
        ),
    )


def _customers(language: Language) -> tuple[Term, ...]:
    text = language.text
    return (
        (
            "active",
            text("Still active"),
            text(
                "The chance that the customer still buys from you on the as-of day; experts write P(alive). Long silence lowers"
                " it, all the more for those who used to buy often."
            ),
        ),
        ("gap", text("Usual gap"), text("After a purchase this customer, if active, buys again within that time in nine of ten cases.")),
        ("overdue", text("Overdue, at risk"), text("Silent for longer than the usual gap. With classes A and B it is worth a call.")),
        ("stake", text("At stake"), text("What would be expected of a surely active customer, less what is expected now.")),
        (
            "abc",
            text("Classes A, B, C"),
            text(
                "The best customers are A, the smallest C. The limits are shares of the added-up value, "
                "usually {a:.0%} and {b:.0%}; they can be set.",
                a=0.8,
                b=0.95,
            ),
        ),
        (
            "stage",
            text("Stage of life"),
            text(
                "Acquisition: no purchase yet. Development: few or first purchases. Retention: bound by purchases, time or contract. "
                "Win-back: probably lost."
            ),
        ),
        (
            "score",
            text("Score"),
            text(
                "Up to twelve criteria with 0 to 10 points each, weighted. 10 is always favourable. Criteria without points do not count."
            ),
        ),
        (
            "tier",
            text("Value tier"),
            text("Customers in groups by what they are worth, the most valuable first. How large the groups are can be set."),
        ),
        (
            "uneven",
            text("Gini figure"),
            text("0 if all customers are worth the same, 1 if one has everything; above 1 only where customers are below zero."),
        ),
    )


def _result(language: Language) -> tuple[Term, ...]:
    text = language.text
    return (
        ("list", text("Sales at list price"), text("What the goods would have brought without any concession.")),
        ("net", text("Net revenue"), text("Booked revenue less cash discount, without tax. Returns and cancellations are taken off.")),
        ("db1", text("Contribution I"), text("Net revenue less the cost of the goods.")),
        ("db2", text("Contribution II"), text("Contribution I less marketing for the customer.")),
        ("db3", text("Contribution III"), text("Contribution II less sales cost: visits, calls, orders.")),
        (
            "db4",
            text("Contribution IV"),
            text("Contribution III less service and logistics: deliveries, returns, complaints. What is left of a customer's money."),
        ),
        (
            "driver",
            text("Cost driver"),
            text("Something that is counted and causes cost, such as a visit. Units times rate is the cost to serve."),
        ),
        ("usual", text("Above the usual"), text("The cost less what customers of similar sales cost for the same sales at list price.")),
        (
            "cause",
            text("Cause"),
            text("The one of five costs that is furthest above the usual: price concessions, small orders, visits, returns, complaints."),
        ),
        ("lever", text("Lever"), text("How far this one cause would have to change for contribution IV to be zero, all else unchanged.")),
        (
            "whale",
            text("Whale curve"),
            text("The results added up from the best customer down. Its back rises above 100% where customers lose money."),
        ),
        (
            "unallocated",
            text("Belongs to no customer"),
            text("Lines without a customer number, costs of customers nobody knows. Customers and this add up to the company."),
        ),
    )


def _portfolio(language: Language) -> tuple[Term, ...]:
    text = language.text
    return (
        (
            "attractiveness",
            text("Attractiveness"),
            text("How interesting the customer is for you, 0 to 10: contribution, growth, potential, recommendations, outlook."),
        ),
        (
            "position",
            text("Our position"),
            text("How strong you are with the customer, 0 to 10: share of the demand, regular orders, breadth, years, few complaints."),
        ),
        (
            "strategy",
            text("Norm strategy"),
            text("What textbooks advise for a field. A hint for a talk, no decision about a single customer."),
        ),
    )


def _planner(language: Language) -> tuple[Term, ...]:
    text = language.text
    return (
        (
            "action",
            text("Action for a customer"),
            text("Something that can be done for a customer and has a cost, such as a visit, a call or a letter."),
        ),
        ("gain", text("Gain"), text("The contribution that an action should bring in addition, less its cost.")),
        (
            "control",
            text("Control group"),
            text("Customers who are left out by chance. The difference to the others shows later what the actions really brought."),
        ),
        ("approval", text("Approval"), text("A plan counts once somebody has agreed to it who may approve and did not submit it.")),
    )


def _models(language: Language) -> tuple[Term, ...]:
    text = language.text
    return (
        (
            "backtest",
            text("Looking back (backtest)"),
            text(
                "The forecast is made once more as it would have been on an earlier day, with nothing known of what came later, and then "
                "held against what came."
            ),
        ),
        ("origin", text("Day looked back from"), text("The earlier day on which a forecast is made again; experts call it origin.")),
        (
            "naive",
            text("Simple rule"),
            text(
                "What can be said without a model, such as: everybody buys as often as last year. A model is only worth using if "
                "it does better."
            ),
        ),
        (
            "mbgnbd",
            text("MBG/NBD, BG/NBD, Pareto/NBD"),
            text(
                "Models of who buys how often and who has stopped for good. They differ in when a customer can stop: after a purchase "
                "(BG/NBD), also right after the first one (MBG/NBD), or at any time (Pareto/NBD)."
            ),
        ),
        ("bias", text("Total off by"), text("Forecast total against actual total; +10% is a tenth too much. Experts call it bias.")),
        (
            "rmse",
            text("RMSE"),
            text(
                "How far the forecasts of single customers lie from what came, in the mean; large misses count more. Smaller is better. "
                "Root mean squared error."
            ),
        ),
        (
            "logscore",
            text("Log score"),
            text(
                "How likely the forecast held what then came, on average over all customers, as a logarithm. Nearer to zero is better. "
                "It rewards saying how sure one is, not only the middle."
            ),
        ),
        ("crps", text("CRPS"), text("How far the whole forecast, with its spread, lies from what came, in purchases. Smaller is better.")),
        (
            "gini",
            text("Gini (of a forecast)"),
            text("How well the forecast puts the customers in order: 1 is the right order, 0 is a draw of lots."),
        ),
        (
            "toptenth",
            text("Top tenth found"),
            text("What the tenth of the customers with the highest forecasts brought, against what the tenth that brought most did."),
        ),
        ("held", text("Held"), text("The share of customers whose figure lay inside its range.")),
        (
            "pit",
            text("PIT"),
            text(
                "The place of what came inside its forecast: 0.5 is the middle. Over all customers every place should come equally often. "
                "Probability integral transform."
            ),
        ),
        (
            "level",
            text("Level"),
            text(
                "How much all customers together buy. It moves from year to year in ways that no single history shows; experts call what "
                "a forecast misses by this the level error."
            ),
        ),
    )
