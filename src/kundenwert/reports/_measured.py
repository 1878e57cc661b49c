"""A measurement in words: its message, the figures of both groups, what it earned, what was learned of the actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kundenwert.records.measured import Measured, Outcome
    from kundenwert.records.plans import Effect
    from kundenwert.reports.language import Language

_MONEY = ("contribution", "revenue")
_SHARES = ("chance", "orders", "spend", "retention")


def message(found: Measured, language: Language) -> str:
    """What came of it, in one sentence."""
    first = found.outcomes[0]
    told = {
        "name": found.name,
        "difference": _amount(first, first.difference, found, language, sign=True),
        "lower": _amount(first, first.lower, found, language, sign=True),
        "upper": _amount(first, first.upper, found, language, sign=True),
        "treated": found.treated,
        "held": found.held,
        "since": found.since,
        "until": found.until,
    }
    if first.name == "contribution":
        text = "{name}: {difference} contribution a customer ({lower} to {upper}); {treated} treated, {held} held out, {since} to {until}."
    elif first.name == "revenue":
        text = "{name}: {difference} revenue a customer ({lower} to {upper}); {treated} treated, {held} held out, {since} to {until}."
    else:
        text = "{name}: {difference} orders a customer ({lower} to {upper}); {treated} treated, {held} held out, {since} to {until}."
    return language.text(text, **told)


def outcomes(found: Measured, language: Language) -> list[tuple[str, ...]]:
    """Both groups side by side: a row a figure."""
    level = language.percent(found.level, 0)
    head = (
        language.text("a customer"),
        language.text("treated"),
        language.text("held out"),
        language.text("difference, {level} interval", level=level),
        language.text("without forecast"),
    )
    rows: list[tuple[str, ...]] = [head]
    for one in found.outcomes:
        interval = _interval(*(_amount(one, value, found, language, sign=True) for value in (one.difference, one.lower, one.upper)))
        plain = _interval(*(_amount(one, value, found, language, sign=True) for value in (one.plain, one.plain_lower, one.plain_upper)))
        means = (_amount(one, one.treated, found, language), _amount(one, one.held, found, language))
        rows.append((_name(one, language), *means, interval, plain))
    return rows


def money(found: Measured, language: Language) -> list[tuple[str, str]]:
    """What it earned with all who were treated."""
    rows = []
    if found.outcomes[0].name in _MONEY:
        span = _interval(*(language.money(value, found.currency, 0) for value in (found.earned, found.earned_lower, found.earned_upper)))
        rows += [
            (language.text("spent on the treated"), language.money(found.cost, found.currency, 0)),
            (language.text("earned with them, less what was spent"), span),
        ]
    if found.expected is not None:
        rows.append((language.text("the plan had promised, over its whole horizon"), language.money(found.expected, found.currency, 0)))
    if found.reached is not None:
        rows.append((language.text("treated who were really addressed"), language.percent(found.reached, 0)))
        rows.append((language.text("held out who were addressed all the same"), language.percent(found.reached_held, 0)))
    return rows


def segments(found: Measured, language: Language) -> list[tuple[str, ...]]:
    """A row a segment."""
    rows: list[tuple[str, ...]] = [
        (
            language.text("segment"),
            language.text("treated"),
            language.text("held out"),
            language.text("difference a customer"),
            language.text("interval"),
            language.text("drawn to the mean"),
        )
    ]
    for one in found.segments:
        amounts = [language.money(value, found.currency, 2, sign=True) for value in (one.difference, one.lower, one.upper, one.shrunk)]
        counts = (language.number(one.treated), language.number(one.held))
        rows.append((one.name, *counts, amounts[0], f"{amounts[1]} … {amounts[2]}", amounts[3]))
    return rows


def learned(found: Measured, language: Language) -> list[tuple[str, ...]]:
    """A row an action: what it was believed to change, what was measured, what is believed now."""
    head = ("action", "believed before", "measured here", "believed now", "measurements")
    rows = [tuple(language.text(word) for word in head)]
    for one in found.learned:
        half = 1.6448536269514722 * one.error
        here = _interval(
            *(_size(one.changes, value, found, language) for value in (one.measured, one.measured - half, one.measured + half))
        )
        before = language.text("nobody knew") if one.before.source == "none" else _effect(one.changes, one.before, found, language)
        rows.append((one.action, before, here, _effect(one.changes, one.after, found, language), language.number(one.evidence)))
        rows += [(f"  {name}", "", "", _effect(one.changes, effect, found, language), "") for name, effect in one.segments]
    return rows


def to_know(found: Measured, language: Language) -> list[str]:
    """What a reader must know before using the figures."""
    told = [language.notice(one) for one in found.notices]
    if found.foreseen == "plan":
        told.append(
            language.text("The difference is less what the plan's run foresaw of each customer, which narrows the interval (CUPED).")
        )
    else:
        told.append(language.text("The difference is less what customers bought in the year before, which narrows the interval (CUPED)."))
    told.append(language.text("Compared is who was to be treated, whoever was really reached (intention to treat)."))
    return told


def _name(one: Outcome, language: Language) -> str:
    names = {
        "contribution": language.text("contribution"),
        "revenue": language.text("revenue"),
        "orders": language.text("orders"),
        "buyers": language.text("share who bought"),
    }
    return names[one.name]


def _amount(one: Outcome, value: float, found: Measured, language: Language, *, sign: bool = False) -> str:
    if one.name in _MONEY:
        return language.money(value, found.currency, 2, sign=sign)
    if one.name == "buyers":
        # With a sign it is a difference of shares.
        return _points(value, language) if sign else language.percent(value, 1)
    return language.number(value, 2, sign=sign)


def _points(value: float, language: Language) -> str:
    return language.text("{points} pct. points", points=language.number(100 * value, 1, sign=True))


def _interval(middle: str, lower: str, upper: str) -> str:
    return f"{middle} ({lower} … {upper})"


def _effect(changes: str, effect: Effect, found: Measured, language: Language) -> str:
    return _interval(*(_size(changes, value, found, language) for value in (effect.likely, effect.low, effect.high)))


def _size(changes: str, value: float, found: Measured, language: Language) -> str:
    if changes in ("chance", "retention"):
        return _points(value, language)
    return language.percent(value, 1, sign=True) if changes in _SHARES else language.money(value, found.currency, 2, sign=True)
