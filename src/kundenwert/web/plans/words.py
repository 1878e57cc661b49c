"""The planner and plans in words of the reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kundenwert.flows.plan_preview import Answer, Board, Wishes
from kundenwert.flows.plan_settings import PlanSettings
from kundenwert.flows.plan_submission import APPROVED, DRAFT, RETURNED, SUBMITTED, Standing
from kundenwert.flows.plan_top import TopLine
from kundenwert.records import Notice
from kundenwert.records.plans import MONEY, Effect
from kundenwert.reports.language import Language
from kundenwert.web.marks import bar

VISITS = "visits"
_RAISES = {
    "chance": "Raises the chance to buy by … percentage points",
    "retention": "Raises the chance to stay by … percentage points",
    "orders": "Raises the number of orders by … %",
    "spend": "Raises the amount of an order by … %",
}
_RESOURCES = {"money": "Budget", "hours": "Working time", "visits": "Visits", "calls": "Calls"}
_UNITS = {"hours": "h"}
PRACTICES = {
    "even": "the same for all, if divisible",
    "biggest": "most to the biggest",
    "today": "as today, cut to the limits",
    "nothing": "nothing at all",
}
_STATES = {DRAFT: "Draft", SUBMITTED: "Submitted", RETURNED: "Returned", APPROVED: "Approved"}
_LEFT_OUT = {
    "objected": "{count:,d} customers have objected to being valued.",
    "collective": "{count:,d} collective accounts stand for many customers each.",
    "no_forecast": "{count:,d} customers have no forecast of their own.",
    "without_person": "{count:,d} customers have nobody who looks after them, and the time of persons is limited.",
    "negative": "{count:,d} customers cost more than they bring and are left out.",
}
_LEAST_OF_ROUND = 100
# From this share of a limit on it is used up, for a sentence.
_USED_UP = 0.95


def action(name: str, language: Language) -> str:
    """The name of an action; usual ones have words in each language."""
    names = {
        "visit": language.text("Visit"),
        "call": language.text("Call"),
        "letter": language.text("Letter"),
        "quote": language.text("Talk about an offer"),
    }
    return names.get(name, name)


def most(count: int, language: Language) -> str:
    """How often an action may be done for one customer."""
    if count == 1:
        return language.text("at most once a customer")
    return language.text("at most {n} times a customer", n=count)


def raises(changes: str, currency: str, language: Language) -> str:
    """What is asked about the effect of an action."""
    if changes == MONEY:
        return language.text("Brings so much a customer, {unit}", unit=language.symbol(currency) or "–")
    return language.text(_RAISES[changes])


def source(effect: Effect, language: Language, *, is_measured: bool) -> str:
    """Where the effect comes from."""
    if is_measured:
        return language.text("An experiment has measured it; plans go by what was measured.")
    if effect.source == "none":
        return language.text("Nobody knows yet what it changes.")
    if effect.source == "experiment":
        return language.text("Measured by an experiment.")
    return language.text("Assumed by {who} on {day}.", who=effect.by, day=effect.on)


def section(name: str, settings: PlanSettings | None, currency: str, language: Language) -> str:
    """A plan of the project file: usual names have words in each language; what there is of a single means, and for how long."""
    if settings is None:
        return language.text("All actions, freely")
    called = {"quarter": language.text("Quarter"), "visits": language.text("Visits")}.get(name, name)
    said = [amount(resource, value, currency, language) for resource, value in settings.limits.items()] if len(settings.limits) == 1 else []
    return f"{called}: {', '.join([*said, language.span(settings.span)])}"


def span_units(language: Language) -> list[tuple[str, str]]:
    """Units of a span."""
    return [("d", language.text("Days")), ("w", language.text("Weeks")), ("m", language.text("Months")), ("y", language.text("Years"))]


def times(name: str, count: int, language: Language) -> str:
    """How often what is done."""
    if name == "visit":
        return language.plural("{n:,d} visit", "{n:,d} visits", count, n=count)
    if name == "call":
        return language.plural("{n:,d} call", "{n:,d} calls", count, n=count)
    if name == "quote":
        return language.plural("{n:,d} talk about an offer", "{n:,d} talks about an offer", count, n=count)
    if name == "letter":
        return language.plural("{n:,d} letter", "{n:,d} letters", count, n=count)
    return f"{language.number(count)} × {name}" if count != 1 else name


def resource(name: str, language: Language) -> str:
    """What is limited."""
    return language.text(_RESOURCES[name]) if name in _RESOURCES else name


def amount(name: str, value: float, currency: str, language: Language) -> str:
    """So much of a resource."""
    if name == MONEY:
        return language.money(value, currency, 0)
    if name == "visits":
        return times("visit", round(value), language)
    if name == "hours":
        return language.plural("{n} hour", "{n} hours", round(value), n=language.number(value))
    return f"{language.number(value)} {resource(name, language)}"


def heading(board: Board, wishes: Wishes, answer: Answer, yardstick: str, language: Language) -> str:
    """What the means would bring, as a sentence."""
    means = language.listed([_mean(name, value, board, answer, language) for name, value in _binding(board, wishes, answer)])
    gain = language.money(answer.found.gain, board.currency, 0)
    if not answer.found.customers:
        return language.text("Within these limits nothing pays")
    if yardstick == "revenue":
        return language.text("{gain} of additional revenue are expected for {means}", gain=gain, means=means)
    return language.text("{gain} of additional contribution are expected for {means}", gain=gain, means=means)


def _mean(name: str, value: float, board: Board, answer: Answer, language: Language) -> str:
    """So much of a means; visits with how many customers get them, since some may get two."""
    done = _visits(board, answer)
    if name != VISITS or len(done) != 1:
        return amount(name, value, board.currency, language)
    visits = amount(name, answer.found.taken[VISITS], board.currency, language)
    reached = answer.found.reached[done[0]]
    return language.plural("{visits} to {n} customer", "{visits} to {n} customers", reached, n=language.number(reached), visits=visits)


def _done(answer: Answer) -> list[str]:
    """The actions that are in the plan."""
    return [name for name, count in answer.found.uses.items() if count]


def _visits(board: Board, answer: Answer) -> list[str]:
    """Those of them that take a visit."""
    return [name for name in _done(answer) if board.actions[name].action.costs.get(VISITS)]


def _binding(board: Board, wishes: Wishes, answer: Answer) -> list[tuple[str, float]]:
    """The means that are used up, with how much there is of them; where none is, the money that is spent."""
    taken = answer.found.taken
    found = [
        (one.resource, wishes.limits[one.resource])
        for one in board.sliders
        if taken.get(one.resource, 0.0) >= _USED_UP * wishes.limits[one.resource]
    ]
    return found or [(MONEY, answer.found.cost)]


def lead(answer: Answer, board: Board, wishes: Wishes, language: Language) -> list[str]:
    """How sure that is, and what else could be done with the same."""
    found, said = answer.found, []
    if found.customers and found.lower == found.lower and found.lower < found.upper:
        low, high = (language.short(one, board.currency) for one in (found.lower, found.upper))
        said.append(language.text("With 90 % certainty between {low} and {high}.", low=low, high=high))
    if (biggest := answer.practice("biggest")) and found.gain > 0:
        if biggest.gain <= 0:
            said.append(language.text("Going to the biggest customers first would bring nothing on balance."))
        else:
            share = language.percent(biggest.gain / found.gain, 0)
            said.append(language.text("Going to the biggest customers first would bring {share} of it.", share=share))
    if found.customers and not (
        len(done := _done(answer)) == 1 and _visits(board, answer) and VISITS in dict(_binding(board, wishes, answer))
    ):
        customers = language.plural("{n} customer", "{n} customers", found.customers, n=language.number(found.customers))
        what = language.listed([times(name, found.uses[name], language) for name in done])
        said.append(language.text("That is {done} for {customers}.", done=what, customers=customers))
    return said


def curve_heading(answer: Answer, board: Board, language: Language) -> str:
    """Where the next euro no longer pays."""
    found = answer.found
    if not found.worthwhile:
        return language.text("Not even the first euro pays here")
    end = language.money(found.worthwhile, board.currency, 0)
    if answer.budget is not None and answer.budget < found.worthwhile and found.next_euro > 0:
        more = language.money(found.next_euro, board.currency, 2)
        return language.text("Here the next euro brings {more}; from {end} on it no longer pays", more=more, end=end)
    return language.text("From {end} on a further euro costs more than it brings", end=end)


def curve(answer: Answer, board: Board) -> dict[str, Any]:
    """What the chart of the curve reads (`reports.charts.plan_curve`)."""
    found = answer.found
    return {
        "curve": {name: [float(one) if one == one else None for one in values] for name, values in found.curve.items()},
        "compared": [{"name": one.name, "gain": one.gain, "cost": one.cost} for one in found.compared],
        "gain": found.gain,
        "cost": found.cost,
        "currency": board.currency,
        "facts": {"worthwhile_budget": found.worthwhile},
    }


def compared_heading(answer: Answer, board: Board, language: Language) -> str:
    """How much choosing brings against the even split."""
    even = answer.practice("even")
    more = answer.found.gain - (even.gain if even else 0.0)
    if not answer.found.customers:
        return language.text("Other ways to spend the same")
    return language.text("The plan brings {more} more than the even split", more=language.money(more, board.currency, 0))


def compared(answer: Answer, language: Language) -> list[dict[str, Any]]:
    """The plan and other ways to spend the same, as rows."""
    found = answer.found
    rows = [
        ("plan", language.text("This plan"), found.gain, found.cost, found.customers),
        *((one.name, practice(one.name, language), one.gain, one.cost, one.customers) for one in found.compared),
    ]
    gains = [row[2] for row in rows]
    high, low = max(0.0, *gains), min(0.0, *gains)
    return [
        {
            "is_plan": key == "plan",
            "name": name,
            "gain": language.number(gain),
            "cost": language.number(cost),
            "customers": language.number(customers),
            "bar": bar(gain, high, low, "py" if key == "today" else "pl"),
            "less": "" if key == "plan" else language.number(gain - found.gain, sign=True),
            "look": "bad" if gain < found.gain else "good",
        }
        for key, name, gain, cost, customers in rows
    ]


def practice(name: str, language: Language) -> str:
    """Another way to spend the same."""
    return _capital(language.text(PRACTICES[name]))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def list_heading(answer: Answer, language: Language) -> str:
    """Over the list."""
    if not answer.found.customers:
        return language.text("Nobody is on the list")
    return language.text("First to the customers with whom most changes")


def lines(answer: Answer, currency: str, language: Language) -> list[dict[str, Any]]:
    """The first lines."""
    return [_line(place + 1, one, answer.found.reasons, currency, language) for place, one in enumerate(answer.top)]


def _line(number: int, one: TopLine, reasons: Mapping[str, str], currency: str, language: Language) -> dict[str, Any]:
    return {
        "number": number,
        "customer_id": one.customer_id,
        "customer": one.customer,
        "city": one.city,
        "action": times(one.action, one.count, language),
        "hours": language.number(one.takes["hours"], 1) if "hours" in one.takes else "",
        "cost": language.number(one.cost, 0 if one.cost >= _LEAST_OF_ROUND or one.cost == round(one.cost) else 2),
        "gain": language.number(one.gain, sign=True),
        "look": "good" if one.gain >= 0 else "",
        "reason": reason(reasons[one.reason], one.values, currency, language),
    }


def reason(template: str, values: Mapping[str, Any], currency: str, language: Language) -> str:
    """One sentence why."""
    known = {name: None if value != value else value for name, value in values.items()}
    return language.notice(Notice("reason", template, known).in_currency(currency))


def measuring(answer: Answer, wishes: Wishes, board: Board, language: Language) -> str:
    """What can be measured later."""
    found = answer.found
    if not wishes.hold_out:
        return language.text("Nobody is held out, so nobody can tell afterwards what the plan changed.")
    if not found.held:
        return language.text("Too few customers are in the plan to hold anybody out.")
    said = language.plural(
        "{n} customer ({share}) is held out by chance. Afterwards a difference from {seen} on can be told from chance.",
        "{n} customers ({share}) are held out by chance. Afterwards a difference from {seen} on can be told from chance.",
        found.held,
        n=language.number(found.held),
        share=language.percent(wishes.hold_out, 0),
        seen=language.short(found.detectable, board.currency),
    )
    if found.detectable > found.gain:
        more = "That is more than this plan is expected to bring: only several plans together, or a larger control group, will show it."
        return f"{said} {language.text(more)}"
    return said


def left_out(counts: Mapping[str, int], language: Language) -> list[str]:
    """Who is in no plan."""
    return [language.text(_LEFT_OUT[reason], count=count) for reason, count in counts.items() if reason in _LEFT_OUT and count]


def notices(found: Iterable[Notice], language: Language) -> list[str]:
    """What a reader must know."""
    return [language.notice(one) for one in found]


def assumptions(actions: Mapping[str, Any], chosen: Iterable[str], language: Language, currency: str) -> list[str]:
    """How large effects are taken to be, and who says so."""
    from kundenwert.flows.actions import effect_as_json
    from kundenwert.reports._plan_words import effect_sentence

    said = []
    for name in chosen:
        one = actions[name].action
        effect = effect_as_json(one.effect)
        said.append(effect_sentence({"name": action(name, language), "changes": one.changes}, effect, language, currency))
    return said


def state(found: Standing, language: Language) -> str:
    """How far a plan is, in a word."""
    return language.text(_STATES[found.state])


def unit(name: str, currency: str, language: Language) -> str:
    """The unit beside a slider."""
    return language.symbol(currency) if name == MONEY else _UNITS.get(name, "")
