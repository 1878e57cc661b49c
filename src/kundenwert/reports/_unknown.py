"""What is not known: how wide the totals are and why, what the data cannot tell, and which data would settle it."""

from __future__ import annotations

from functools import partial

from kundenwert import registry
from kundenwert.records import Notice, TotalForecast
from kundenwert.reports._basis import Basis, told
from kundenwert.reports._page import Block, Cell, Column, Points, Row, Section, Table
from kundenwert.reports._pictures import PAIR, picture
from kundenwert.reports.charts.total_width import noun, shares

_HALF = 6
# With fewer days nothing can be said of how often a total holds (definitions.md, Totals).
_LEAST_ORIGINS = 2
# The verdict says the same in the reader's language.
_BY_VERDICT = ("no_evidence",)
# Keys of the notices that models/identification.py gives: what the data leave open, and what would settle it.
_OPEN = frozenset(
    {
        *("short_of_two_seasons", "ends_in_peak", "ends_in_low", "old_customers_taken_for_new"),
        *("few_buyers", "top_buyers", "few_spenders", "giant_order", "mean_not_finite"),
        *("flat_direction", "no_trace", "single_buyers_always_active"),
    }
)


def sections(basis: Basis) -> tuple[Section, ...]:
    """Both sections; nothing where neither an interval nor a notice is known."""
    return (*_width(basis), *_open(basis))


def main_total(basis: Basis) -> TotalForecast | None:
    """The total the page is headed by."""
    return interval(basis, "clv" if basis.in_money else "purchases")


def interval(basis: Basis, measure: str) -> TotalForecast | None:
    """The interval of one total, if the run has reckoned it."""
    return next((one for one in basis.figures.intervals if one.measure == measure), None)


def from_to(basis: Basis, total: TotalForecast) -> tuple[str, str]:
    """Both ends as a sentence writes them."""
    currency = "" if total.measure == "purchases" else basis.figures.currency
    return basis.language.short(total.lower, currency), basis.language.short(total.upper, currency)


def of_ten(basis: Basis, level: float) -> str:
    """A level as a share of cases: 90 % is 9 of 10."""
    tenths = level * 10
    if abs(tenths - round(tenths)) < 1e-9:
        return basis.language.text("in {n} of 10 cases", n=round(tenths))
    return basis.language.text("in {n} of 100 cases", n=round(level * 100))


# ---------- the width ----------


def _width(basis: Basis) -> tuple[Section, ...]:
    totals = basis.figures.intervals
    main = main_total(basis) or (totals[-1] if totals else None)
    if main is None:
        return ()
    text = basis.language.text
    # The message of the picture is that of its last total: the one that heads the page.
    order = (*(one for one in totals if one is not main), main)
    draw = partial(registry.load("reports.charts", "total_width"), currency=basis.figures.currency)
    meta = draw(order, basis.language.code)["usermeta"]
    drawn, figures = picture(draw, order, basis.language, widths=PAIR)
    sources = Points(_sources(basis, main))
    subject = text("Where the width comes from")
    return (Section("width", meta["message"], subject, text("parts of the variance"), (drawn, sources, figures), columns=_HALF),)


def _sources(basis: Basis, total: TotalForecast) -> tuple[str, ...]:
    text, (level, readings, parameters, process) = basis.language.text, shares(total)
    percent = basis.language.percent
    learned = (
        basis.language.plural(
            "How far the level moves was seen on {n} earlier day.", "How far the level moves was seen on {n} earlier days.", total.origins
        )
        if total.origins
        else text("How far the level moves could not be seen in these data: what is usual elsewhere was assumed.")
    )
    return (
        text("Level, {share}: all customers together may buy more or less than before, by prices, rivals, campaigns or the times.",
             share=percent(level, 0)) + f" {learned}",
        *(
            (
                text(
                    "Readings, {share}: these data can be read in two ways, with customers from before their beginning apart or not, and "
                    "no earlier day decides between them.",
                    share=percent(readings, 0),
                ),
            )
            if readings
            else ()
        ),
        text("Parameters, {share}: the model knows how customers differ only as well as these data tell.", share=percent(parameters, 0)),
        text("Chance, {share}: even who is known well buys sometimes more, sometimes less. The more customers, the more this evens out.",
             share=percent(process, 0)),
    )  # fmt: skip


# ---------- what the data cannot tell ----------


def notices(basis: Basis) -> tuple[Notice, ...]:
    """Notices on what these data cannot tell: those of the run by their keys, and those of the backtest."""
    if not _is_shown(basis):
        return ()
    tested = basis.figures.backtest
    found = [one for one in basis.figures.notices if one.key in _OPEN]
    return (*found, *(one for one in (tested.notices if tested else ()) if one not in found))


def remaining(basis: Basis) -> tuple[Notice, ...]:
    """The notices of the run that stand under warnings, as they are told neither here nor by the verdict on the forecast."""
    told_here = notices(basis)
    by_verdict = _BY_VERDICT if basis.figures.backtest is not None else ()
    return tuple(one for one in basis.figures.notices if one not in told_here and one.key not in by_verdict)


def _is_shown(basis: Basis) -> bool:
    return bool(basis.figures.intervals) or basis.figures.backtest is not None


def _open(basis: Basis) -> tuple[Section, ...]:
    if not _is_shown(basis):
        return ()
    text = basis.language.text
    points = (*_ranges(basis), *(told(basis, one) for one in notices(basis)), *_always(basis))
    link = text("More stands under “Warnings”.") if remaining(basis) else ""
    return (
        Section(
            "unknown",
            _message(basis),
            text("What is not known"),
            text("as of {day}", day=basis.day),
            (*_table(basis), Points(points)),
            note=link,
            columns=_HALF if basis.figures.intervals else 12,
        ),
    )


def _message(basis: Basis) -> str:
    total, text = main_total(basis), basis.language.text
    if total is None:
        return text("Some things these data cannot tell")
    lower, upper = from_to(basis, total)
    if basis.in_money:
        return text("{within} it may be {lower}, but {upper} as well", within=_begun(basis.within_years), lower=lower, upper=upper)
    return text("{within} it may be {lower} purchases, but {upper} as well", within=_begun(basis.within_months), lower=lower, upper=upper)


def _begun(words: str) -> str:
    return words[:1].upper() + words[1:]


def _table(basis: Basis) -> tuple[Block, ...]:
    """The totals with both ends."""
    totals, text, language = basis.figures.intervals, basis.language.text, basis.language
    if not totals:
        return ()
    columns = (
        Column(text("Total"), "text"),
        Column(text("Expected")),
        Column(text("From"), term="range"),
        Column(text("To"), term="range"),
    )

    def row(total: TotalForecast) -> Row:
        lower, upper = from_to(basis, total)
        currency = "" if total.measure == "purchases" else basis.figures.currency
        span = basis.years if total.measure == "clv" else basis.months
        return Row((Cell(_begun(noun(total, language)), below=span), Cell(language.short(total.mean, currency)), Cell(lower), Cell(upper)))

    caption = text("Totals with the range that holds {cases}", cases=of_ten(basis, totals[0].level))
    return (Table(caption, columns, tuple(row(one) for one in totals), visible_caption=True),)


def _ranges(basis: Basis) -> tuple[str, ...]:
    """How far the ranges themselves can be trusted."""
    tested, text = basis.figures.backtest, basis.language.text
    if not basis.figures.intervals or (tested is not None and len(tested.origins) >= _LEAST_ORIGINS):
        return ()
    return (
        text(
            "Whether the ranges of the totals hold could not be checked: that takes at least two earlier days to look back from. A longer "
            "log would settle it."
        ),
    )


def _always(basis: Basis) -> tuple[str, ...]:
    """What no log of purchases can tell."""
    text = basis.language.text
    return (
        text("Customers who first buy after {day} are not in any figure here.", day=basis.day),
        text("Prices, campaigns and rivals are not in the data: the forecast takes it that they stay as they were."),
    )
