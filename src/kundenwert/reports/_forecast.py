"""How good the forecast is: one sentence, the verdict, then tables and pictures of what earlier forecasts were worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kundenwert import registry
from kundenwert.records import Backtest, HeldTotal, Level, MoneyScored, Scored
from kundenwert.reports._bars import Scale, scale
from kundenwert.reports._basis import Basis, number
from kundenwert.reports._page import Block, Cell, Column, Fold, Mark, Row, Section, Table, Text
from kundenwert.reports._pictures import PAIR, picture
from kundenwert.reports._verdict import used_name, verdict
from kundenwert.reports.charts._words import forecast_name

_ROOM = "reports.charts"
_HALF = 6
# With fewer days nothing can be said of how often a total holds (definitions.md, Totals).
_LEAST_ORIGINS = 2


def sections(basis: Basis) -> tuple[Section, ...]:
    """All sections on the quality of the forecast; one sentence why where it could not be checked."""
    tested = basis.figures.backtest
    if tested is None or not tested.origins:
        return (_unchecked(basis),)
    used = _used(basis, tested)
    return (
        _summary(basis, tested, used),
        _days(basis, tested, used),
        _levels(basis, tested, used),
        *_tracking(basis, tested),
        *(_chart(basis, tested, "calibration", used) if used.deciles else ()),
        *(_chart(basis, tested, "pit", used) if used.pit else ()),
        *_comparisons(basis, tested),
        *_money(basis, tested, used),
    )


def _used(basis: Basis, tested: Backtest) -> Scored:
    """The forecast the run works with, over all origins."""
    name = used_name(basis)
    return next((one for one in tested.pooled if one.name == name), tested.pooled[-1])


def _unchecked(basis: Basis) -> Section:
    text = basis.language.text
    message = text("How good the forecast is could not be checked")
    return Section("forecast", message, _subject(basis), basis.day, (Text(verdict(basis)),))


def _subject(basis: Basis) -> str:
    return basis.language.text("How good is the forecast")


def _span(basis: Basis, tested: Backtest) -> str:
    """How far the forecasts looked, and from when."""
    language, days = basis.language, [origin.origin for origin in tested.origins]
    ahead = language.plural("{n} day ahead", "{n} days ahead", tested.days)
    since = language.text("looked back from {day}", day=max(days))
    more = language.plural("and {n} earlier day", "and {n} earlier days", len(days) - 1) if len(days) > 1 else ""
    return " ".join(part for part in (f"{ahead}, {since}", more) if part)


# ---------- the sentence and the forecasts ----------


def sentence(basis: Basis, tested: Backtest, used: Scored) -> str:
    """The finding in one sentence: how far off, and how many totals held."""
    language, count = basis.language, len(tested.origins)
    found = [one.bias for origin in tested.origins for one in origin.forecasts if one.name == used.name and one.bias is not None]
    if not found:
        return language.plural(
            "Looking back from {n} earlier day, no purchase came that could have been forecast",
            "Looking back from {n} earlier days, no purchase came that could have been forecast",
            count,
        )
    known = {"off": language.percent(sum(map(abs, found)) / len(found), 0)}
    totals = _of_measure(tested, "purchases")
    if len(totals) < _LEAST_ORIGINS:
        return language.plural(
            "Looking back from {n} earlier day, the forecast of purchases was off by {off}",
            "Looking back from {n} earlier days, the forecast of purchases was off by {off} on average",
            count,
            **known,
        )
    return language.plural(
        "Looking back from {n} earlier day, the forecast of purchases was off by {off}; {held} of {all} totals lay inside their range",
        "Looking back from {n} earlier days, the forecast of purchases was off by {off} on average; {held} of {all} totals lay inside "
        "their range",
        count,
        held=sum(one.is_held for one in totals),
        all=len(totals),
        **known,
    )


def _of_measure(tested: Backtest, measure: str) -> tuple[HeldTotal, ...]:
    return tuple(one for one in tested.totals if one.forecast.measure == measure)


def _summary(basis: Basis, tested: Backtest, used: Scored) -> Section:
    text = basis.language.text
    blocks: tuple[Block, ...] = (Text(verdict(basis)), _scores(basis, tested, used), *_all_levels(basis, tested))
    note = text("Every customer counts the same, at every day looked back from. In bold: the forecast of this report.")
    sample = text("Reckoned on a sample of {n} customers.", n=tested.sampled) if tested.sampled else ""
    return Section(
        "forecast", sentence(basis, tested, used), _subject(basis), _span(basis, tested), blocks, note=f"{note} {sample}".strip()
    )


def _scores(basis: Basis, tested: Backtest, used: Scored) -> Table:
    text, language = basis.language.text, basis.language
    kinds = {"baseline": text("naive rule"), "model": text("model"), "remedy": text("model with remedy")}
    columns = (
        Column(text("Forecast"), "text"),
        Column(text("Log score"), term="logscore"),
        Column(text("CRPS"), wide=True, term="crps"),
        Column(text("Total off by"), term="bias"),
        Column(text("RMSE"), wide=True, term="rmse"),
        Column(text("Gini"), wide=True, term="gini"),
        Column(text("Top tenth found"), wide=True, term="toptenth"),
        Column(text("90% range held"), term="held"),
    )
    rows = tuple(
        Row(
            (
                Cell(_named(basis, one.name), below=kinds.get(one.kind, one.kind)),
                Cell(language.number(one.log_score, 4)),
                Cell(language.number(one.crps, 4)),
                Cell(language.percent(one.bias, sign=True)),
                Cell(language.number(one.rmse, 3)),
                Cell(language.number(one.gini, 3)),
                Cell(language.percent(one.top_decile_value, 0)),
                Cell(_held(basis, one.levels)),
            ),
            "used" if one.name == used.name else "",
        )
        for one in tested.pooled
    )
    return Table(text("Forecasts held against what came"), columns, rows)


def _named(basis: Basis, name: str) -> str:
    """The name of a forecast as the beginning of a line."""
    found = forecast_name(name, basis.language)
    return found[:1].upper() + found[1:]


def _held(basis: Basis, levels: Sequence[Level]) -> str:
    share = next((one.held for one in levels if abs(one.level - 0.9) < 1e-9), None)
    return basis.language.percent(share, 0)


def _all_levels(basis: Basis, tested: Backtest) -> tuple[Block, ...]:
    """The intervals of every forecast, for those who compare."""
    text, language = basis.language.text, basis.language
    shown = [one for one in tested.pooled if one.levels]
    if not shown:
        return ()
    heads = [level.level for level in shown[0].levels]
    columns = (
        Column(text("Forecast"), "text"),
        *(Column(text("{level} held / expected / PIT", level=language.percent(level, 0))) for level in heads),
    )
    rows = tuple(
        Row(
            (
                Cell(_named(basis, one.name)),
                *(Cell(" / ".join(language.percent(share) for share in (each.held, each.expected, each.pit))) for each in one.levels),
            ),
            "used" if one.name == used_name(basis) else "",
        )
        for one in shown
    )
    table = Table(text("Ranges of all forecasts"), columns, rows, scrolls=True, visible_caption=True)
    return (Fold(text("Ranges of all forecasts"), (table,)),)


# ---------- each day looked back from ----------


def _days(basis: Basis, tested: Backtest, used: Scored) -> Section:
    text = basis.language.text
    totals = _of_measure(tested, "purchases")
    table = _held_totals(basis, totals, money=False) if totals else _off_by_day(basis, tested, used)
    revenue = _of_measure(tested, "revenue") if basis.in_money else ()
    more = (Fold(text("The same in revenue"), (_held_totals(basis, revenue, money=True),)),) if revenue else ()
    note = (
        text("Choice and width of each range rest on what was known on that day only. Bar: the range; line: what came.") if totals else ""
    )
    return Section(
        "origins", _days_message(basis, totals), text("Totals day by day"), text("purchases of all customers"), (table, *more), note=note,
        columns=_HALF,
    )  # fmt: skip


def _days_message(basis: Basis, totals: Sequence[HeldTotal]) -> str:
    language, held = basis.language, sum(one.is_held for one in totals)
    if not totals:
        return language.text("What was forecast on earlier days, and what came")
    if held == len(totals):
        return language.plural("The total lay inside its range", "All {n} totals lay inside their range", len(totals))
    return language.text("{held} of {all} totals lay inside their range", held=held, all=len(totals))


def _held_totals(basis: Basis, totals: Sequence[HeldTotal], *, money: bool) -> Table:
    text, language = basis.language.text, basis.language
    lengths = scale([value for one in totals for value in (one.forecast.upper, one.actual)])
    unit = basis.with_unit if money else str
    columns = (
        Column(text("Day"), "text", term="origin"),
        Column(unit(text("Forecast")), wide=True),
        Column(unit(text("From – to")), wide=not totals, term="range"),
        Column(unit(text("Actual"))),
        Column(text("Inside"), "text"),
        Column(text("Bar"), "bars", wide=True),
    )
    rows = tuple(
        Row(
            (
                Cell(language.date(one.origin)),
                Cell(language.number(one.forecast.mean)),
                Cell(between(basis, one.forecast.lower, one.forecast.upper)),
                Cell(language.number(one.actual)),
                Cell(text("yes") if one.is_held else text("no"), look="" if one.is_held else "bad"),
                Cell(marks=_range(lengths, one)),
            )
        )
        for one in totals
    )
    return Table(text("Totals forecast with their range, and what came"), columns, rows)


def _range(lengths: Scale, one: HeldTotal) -> tuple[Mark, ...]:
    thin = (lengths.high - lengths.low) / 150
    return (
        lengths.axis(),
        lengths.bar("out", one.forecast.lower, one.forecast.upper),
        lengths.bar("ac" if one.is_held else "neg", one.actual - thin / 2, one.actual + thin / 2),
    )


def between(basis: Basis, lower: Any, upper: Any, digits: int = 0) -> str:
    """From one figure to another, as a cell shows it."""
    return f"{basis.language.number(lower, digits)} – {basis.language.number(upper, digits)}"


def _off_by_day(basis: Basis, tested: Backtest, used: Scored) -> Table:
    text, language = basis.language.text, basis.language
    columns = (
        Column(text("Day"), "text", term="origin"),
        Column(text("Customers"), wide=True),
        Column(text("Forecast")),
        Column(text("Actual")),
        Column(text("Total off by"), term="bias"),
    )
    rows = tuple(
        Row(
            (
                Cell(language.date(origin.origin)),
                Cell(language.number(origin.customers)),
                Cell(language.number(one.expected_purchases)),
                Cell(language.number(origin.purchases)),
                Cell(language.percent(one.bias, sign=True)),
            )
        )
        for origin in tested.origins
        for one in origin.forecasts
        if one.name == used.name
    )
    return Table(text("Purchases forecast on earlier days, and what came"), columns, rows)


# ---------- ranges of single customers ----------


def _levels(basis: Basis, tested: Backtest, used: Scored) -> Section:
    text = basis.language.text
    table = _level_table(basis, text("Purchases of a customer"), used.levels)
    worth = used.money.levels if basis.in_money and used.money else ()
    tables = (table, _level_table(basis, text("Revenue of a customer"), worth)) if worth else (table,)
    note = text("Purchases come in whole numbers, so a range of them holds more than its name says. The last column takes that out.")
    message = _levels_message(basis, used.levels)
    return Section("levels", message, text("Ranges of single customers"), text("shares of the customers"), tables, note=note, columns=_HALF)


def _levels_message(basis: Basis, levels: Sequence[Level]) -> str:
    language, widest = basis.language, max(levels, key=lambda one: one.level, default=None)
    if widest is None:
        return language.text("No ranges of single customers are known")
    return language.text(
        "Of the {level} ranges of single customers {held} held",
        level=language.percent(widest.level, 0),
        held=language.percent(widest.held, 0),
    )


def _level_table(basis: Basis, caption: str, levels: Sequence[Level]) -> Table:
    text, percent = basis.language.text, basis.language.percent
    columns = (
        Column(text("Range"), "text", term="range"),
        Column(text("Held"), term="held"),
        Column(text("Expected to hold")),
        Column(text("By PIT"), term="pit"),
    )
    rows = tuple(
        Row((Cell(percent(one.level, 0)), Cell(percent(one.held)), Cell(percent(one.expected)), Cell(percent(one.pit)))) for one in levels
    )
    return Table(caption, columns, rows, visible_caption=True)


# ---------- pictures ----------


def _tracking(basis: Basis, tested: Backtest) -> tuple[Section, ...]:
    if tested.tracking is None or not tested.tracking.ends:
        return ()
    return tuple(_picture(basis, name, tested.tracking) for name in ("tracking", "tracking_cumulative"))


def _chart(basis: Basis, tested: Backtest, name: str, used: Scored) -> tuple[Section, ...]:
    return (_picture(basis, name, used),)


def _picture(basis: Basis, name: str, records: Any) -> Section:
    """A section of one picture: its message above, its figures and how to read it below."""
    text = basis.language.text
    draw = registry.load(_ROOM, name)
    meta = draw(records, basis.language.code)["usermeta"]
    subjects = {
        "tracking": (text("Week by week"), text("repeat purchases a week")),
        "tracking_cumulative": (text("Added up"), text("repeat purchases since the first week")),
        "calibration": (text("High and low forecasts"), text("purchases a customer, by tenth")),
        "pit": (text("Places in the forecast"), text("shares of the outcomes, all days together")),
        "comparison": (text("Which forecast is better"), text("mean log score a customer, with 95% interval")),
    }
    how = {
        "tracking": text(
            "The customers known on the day of the forecast. Up to that day the model has seen the line; after it, it has not. Waves that "
            "the dashed line lacks are seasons and campaigns: the model knows neither."
        ),
        "tracking_cumulative": text("The same, added up: errors that cancel out over the weeks disappear, lasting ones grow."),
        "calibration": text(
            "The customers stand in a row by what was forecast for them and are cut into tenths. Where both marks of a tenth lie together, "
            "forecasts of that size can be believed."
        ),
        "pit": text(
            "For each customer: which share of the forecast lies below what came? If the forecast knows how uncertain it is, all bars are "
            "alike. High bars at both ends: it is too sure. A hill in the middle: it is too cautious."
        ),
        "comparison": text(
            "Each forecast against the simpler one that stood before it. If the line keeps clear of zero on the right, the difference is "
            "no chance; only then the more complex one takes the place."
        ),
    }
    subject, unit = subjects[name]
    drawn, figures = picture(draw, records, basis.language, widths=PAIR)
    reading = Fold(text("How to read it"), (Text(how[name], "small"),))
    return Section(name, meta["message"], subject, unit, (drawn, reading, figures), columns=_HALF)


def _comparisons(basis: Basis, tested: Backtest) -> tuple[Section, ...]:
    return (_picture(basis, "comparison", tested.comparisons),) if tested.comparisons else ()


# ---------- money ----------


def _money(basis: Basis, tested: Backtest, used: Scored) -> tuple[Section, ...]:
    """The same question in revenue, where revenue was forecast."""
    shown = [(one, one.money) for one in tested.pooled if one.money is not None]
    if not shown or not basis.in_money:
        return ()
    text, language = basis.language.text, basis.language
    is_ranged = any(worth.levels for _, worth in shown)
    columns = (
        Column(text("Forecast"), "text"),
        Column(text("Total off by"), term="bias"),
        Column(basis.with_unit(text("RMSE")), wide=True, term="rmse"),
        Column(text("Gini"), wide=True, term="gini"),
        Column(text("Top tenth found"), term="toptenth"),
        *((Column(text("90% range held"), term="held"),) if is_ranged else ()),
    )
    rows = tuple(
        Row(
            (
                Cell(_named(basis, one.name)),
                Cell(language.percent(worth.bias, sign=True)),
                Cell(language.number(worth.rmse)),
                Cell(language.number(worth.gini, 3)),
                Cell(language.percent(worth.top_decile_value, 0)),
                *((Cell(_held(basis, worth.levels)),) if is_ranged else ()),
            ),
            "used" if one.name == used.name else "",
        )
        for one, worth in shown
    )
    table = Table(text("Revenue forecast and booked"), columns, rows)
    message = _money_message(basis, used.money)
    subject, note = text("The forecast in revenue"), _amounts(basis, tested)
    return (Section("money", message, subject, _span(basis, tested), (table,), note=note, columns=_HALF),)


def _amounts(basis: Basis, tested: Backtest) -> str:
    """How purchases became money, and what of it came back."""
    text, language = basis.language.text, basis.language
    ways = {
        "gamma_gamma": text("What a purchase brings is estimated from repeat purchases."),
        "gamma_gamma+first": text(
            "What a purchase brings is estimated from all purchases, the first one too: looking back, that did better."
        ),
        "plain": text("What a purchase brings is the customer's own mean, drawn to the mean of all: no model did surely better."),
    }
    way = ways.get(tested.spend.chosen, "") if tested.spend else ""
    share = tested.return_share
    returns = text("Of the money of purchases {share} came back as returns.", share=language.percent(share)) if share else ""
    return f"{way} {returns}".strip()


def _money_message(basis: Basis, worth: MoneyScored | None) -> str:
    text, language = basis.language.text, basis.language
    if worth is None or worth.top_decile_value is None:
        return text("What revenue was forecast, and what was booked")
    share = language.percent(number(worth.top_decile_value), 0)
    return text("The tenth forecast to be best brought {share} of what the best tenth could bring", share=share)
