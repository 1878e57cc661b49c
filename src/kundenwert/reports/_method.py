"""The last sections: warnings, how it was reckoned in plain words, the parameters, and what the words mean."""

from __future__ import annotations

from kundenwert.records import ModelCard
from kundenwert.reports import _components
from kundenwert.reports._basis import Basis, told
from kundenwert.reports._page import Block, Cell, Column, Fold, Points, Row, Section, Table, Terms, Text
from kundenwert.reports._unknown import remaining
from kundenwert.reports.charts._words import forecast_name
from kundenwert.reports.language.terms import Term, chosen


def warnings(basis: Basis) -> tuple[Section, ...]:
    """What a reader must know before trusting a figure; nothing where there is nothing."""
    notices, text = remaining(basis), basis.language.text
    if not notices:
        return ()
    message = basis.language.plural(
        "{n} thing to know before you rely on these figures", "{n} things to know before you rely on these figures", len(notices)
    )
    points = Points(tuple(told(basis, notice) for notice in notices), "warnings")
    return (Section("warnings", message, text("Warnings"), text("of run {run}", run=basis.figures.run), (points,)),)


def method(basis: Basis) -> Section:
    """How the figures came about, and the parameters for those who want to check."""
    text = basis.language.text
    prose = tuple(Text(sentence) for sentence in _prose(basis))
    unit = text("models and units, as of {day}", day=basis.day)
    return Section("method", text("Past purchases tell what to expect"), text("Method"), unit, (*prose, *_parameters(basis)), columns=5)


def _prose(basis: Basis) -> tuple[str, ...]:
    text, figures = basis.language.text, basis.figures
    ledger = text("First every line of the files is read and put into one class. Cancellations are matched to their sales and taken off.")
    history = text(
        "For each customer three things count: how many purchases, when the first, when the last. Up to {day}; nothing later is used.",
        day=basis.day,
    )
    chance = text(
        "A model learns from all customers how often people buy and when they stop. It gives each one a chance to be "
        "still active and a number of purchases to expect."
    )
    if not basis.in_money:
        return ledger, history, chance
    spend = text("A second model estimates the amount of a purchase: few purchases lean on the mean of all, many on the customer's own.")
    value = text(
        "What is expected {within} is discounted at {rate} a year and added up. That is the residual value: what lies "
        "ahead of {day}, without the past.",
        within=basis.within_years,
        rate=basis.language.percent(figures.discount_rate),
        day=basis.day,
    )
    if basis.is_contribution:
        return ledger, history, chance, spend, value, text("Amounts are contribution: revenue less cost of the goods.")
    return ledger, history, chance, spend, value, text("Amounts are revenue. Give costs or a margin to see what is left of it.")


def _parameters(basis: Basis) -> tuple[Block, ...]:
    if not basis.figures.models:
        return ()
    blocks = tuple(block for card in basis.figures.models for block in _card(basis, card))
    return (Fold(basis.language.text("Models and parameters"), blocks),)


def _card(basis: Basis, card: ModelCard) -> tuple[Block, ...]:
    text, language = basis.language.text, basis.language
    families = {"purchases": text("Purchases"), "spend": text("Amounts"), "retention": text("Retention")}
    family = card.family.rsplit(".", 1)[-1]
    name = f"{families.get(family, family)}: {forecast_name(card.name, language)}"
    rows = tuple(
        Row((Cell(key, name=True), Cell(language.significant(value)), Cell(_error(basis, card.standard_errors.get(key)))))
        for key, value in card.parameters.items()
    )
    columns = (Column(text("Parameter"), "text"), Column(text("Value")), Column(text("Standard error"), term="error"))
    caption = text("{model}, in {unit}", model=name, unit=_unit(basis, card.unit)) if card.unit else name
    fitted = text(
        "{people} with {histories} different histories; log-likelihood {fit}.",
        people=language.plural("{n} customer", "{n} customers", card.customers),
        histories=card.histories,
        fit=language.number(card.log_likelihood, 4),
    )
    return (Table(caption, columns, rows, visible_caption=True), Text(f"{_outcome(basis, card)} {fitted}", "note"))


def _outcome(basis: Basis, card: ModelCard) -> str:
    """How the fit ended. The model's own sentence is English and may hold figures; other languages have one for each kind of end."""
    text = basis.language.text
    kinds = {
        "CONVERGED": text("The optimum was found."),
        "FLAT_DIRECTION": text(
            "The data tell some parameters only together, not each one: forecasts can be used, these parameters cannot."
        ),
        "AT_LIMIT": text("A parameter runs to its limit: the data show no trace of what it stands for. Forecasts can be used."),
        "MEAN_NOT_FINITE": text("Spend differs so widely between customers that its mean is not finite. The median takes its place."),
        "TOO_LITTLE_DATA": text("There are too few observations for this model."),
        "OUT_OF_STEPS": text("The optimiser used all its steps; the parameters are not reliable."),
    }
    return card.sentence if basis.language.code == "en" else kinds.get(card.outcome.upper(), card.sentence)


def _unit(basis: Basis, unit: str) -> str:
    text = basis.language.text
    units = {
        "days": text("days"),
        "day": text("days"),
        "weeks": text("weeks"),
        "week": text("weeks"),
        "months": text("months"),
        "month": text("months"),
        "years": text("years"),
    }
    return units.get(unit, unit)


def _error(basis: Basis, error: float | None) -> str:
    return basis.language.text("not defined") if error is None or error != error else basis.language.significant(error)


def glossary(basis: Basis) -> Section:
    """Each word of the report that is not an everyday one."""
    text = basis.language.text
    return Section(
        "glossary", text("What the words mean"), text("Glossary"), text("words of this report"), (Terms(_terms(basis)),), columns=7
    )


def _terms(basis: Basis) -> tuple[Term, ...]:
    text = basis.language.text
    common = (
        *chosen(basis.language, "active", "gap", "stake", "abc", "asof"),
        ("error", text("Standard error"), text("How far a parameter may be off by chance. Not defined means: the data cannot tell it.")),
        *_terms_of_ranges(basis),
        *_terms_of_scores(basis),
        *_components.terms(basis),
    )
    if not basis.in_money:
        return (
            (
                "expected",
                text("Expected purchases"),
                text("How many purchases are to be expected {within}, on average.", within=basis.within_months),
            ),
            *common,
        )
    return (*_money_terms(basis), *common)


def _terms_of_ranges(basis: Basis) -> tuple[Term, ...]:
    """Words of ranges; only where the report has some."""
    figures = basis.figures
    if not figures.intervals and not (figures.backtest and figures.backtest.origins):
        return ()
    return chosen(basis.language, "range", "level")


def _terms_of_scores(basis: Basis) -> tuple[Term, ...]:
    """Words of a backtest; only where there was one."""
    tested = basis.figures.backtest
    if tested is None or not tested.origins:
        return ()
    return chosen(basis.language, "backtest", "origin", "logscore", "crps", "bias", "rmse", "gini", "toptenth", "held", "pit")


def _money_terms(basis: Basis) -> tuple[Term, ...]:
    text = basis.language.text
    what = text("contribution") if basis.is_contribution else text("revenue")
    yardstick = (
        text("What value is counted in. Here it is contribution: revenue less the cost of the goods.")
        if basis.is_contribution
        else text("What value is counted in. Here it is revenue, because the data hold no costs.")
    )
    return (
        ("yardstick", text("Yardstick"), yardstick),
        ("value", text("Customer value"), text("What was booked so far plus what is expected {within}.", within=basis.within_years)),
        (
            "clv",
            text("Expected in {span}", span=basis.years),
            text(
                "The {yardstick} to be expected from the as-of day on, each amount discounted from its day; experts call it "
                "residual customer lifetime value (CLV).",
                yardstick=what,
            ),
        ),
        ("expected", text("Revenue in {span}", span=basis.months), text("Revenue to be expected in that time, not discounted.")),
        (
            "discount",
            text("Discounting"),
            text(
                "An amount in a year is worth less than one today. At {rate} a year, 100 in one year count as {now} today.",
                rate=basis.language.percent(basis.figures.discount_rate),
                now=basis.language.number(100 / (1 + basis.figures.discount_rate), 1),
            ),
        ),
    )
