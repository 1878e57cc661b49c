"""Measures of value held against what came, for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kundenwert.records import Notice
    from kundenwert.records.metrics import Estimate, MetricComparison, MetricsAt, MetricsCompared, MetricScore
    from kundenwert.reports.language import Language

_MONEY = {"db4": "contribution IV", "db1": "contribution I", "revenue": "revenue"}


def as_json(found: MetricsCompared) -> str:
    """Everything for programs; sentences with key and English text."""
    import json
    from dataclasses import asdict

    sentences = {"verdict": _plain(found.verdict), "notices": [_plain(one) for one in found.notices]}
    return json.dumps({**asdict(found), **sentences}, indent=2, ensure_ascii=False, default=str)


def _plain(notice: Notice) -> dict[str, str]:
    return {"key": notice.key, "text": str(notice)}


def text(found: MetricsCompared, code: str, *, short: bool = False) -> str:
    """Tables and the recommendation in a language; short: the recommendation alone."""
    from kundenwert.reports.language import Language

    lang = Language(code)
    if short:
        return _said(found.verdict, lang)
    parts = ["", *(_day(one, found, lang) for one in found.origins)]
    if found.origins:
        parts += [_table(found, lang) + "\n"]
    parts += [_wrapped(_said(one, lang)) + "\n" for one in found.notices]
    return "\n".join([*parts, _wrapped(_said(found.verdict, lang))])


def _said(notice: Notice, lang: Language) -> str:
    """A sentence; the measure it names is a word of this language."""
    from dataclasses import replace

    values = {name: lang.text(value) if name == "measure" else value for name, value in notice.values.items()}
    return lang.notice(replace(notice, values=values))


def _wrapped(text: str) -> str:
    import click

    return click.wrap_text(text, width=100, initial_indent="  ", subsequent_indent="  ")


def _day(one: MetricsAt, found: MetricsCompared, lang: Language) -> str:
    message = (
        "Known on {origin}, came until {until}: {customers} customers brought {came:,.0f¤} ({what}), the best {chosen} of them "
        "{best:,.0f¤}."
    )
    values: dict[str, Any] = {name: getattr(one, name) for name in ("origin", "until", "customers", "came", "chosen", "best")}
    return _wrapped(lang.text(message, **values, currency=found.currency, what=lang.text(_MONEY[found.yardstick]))) + "\n"


def _table(found: MetricsCompared, lang: Language) -> str:
    from kundenwert.cli import _show

    messages = (
        "measure",
        "its tenth brought",
        "of the best",
        "95 %",
        "of all",
        "rank correlation",
        "more than by last year's revenue",
        "95 %",
        "",
    )
    heading = tuple(lang.text(message) if message else "" for message in messages)
    against = {one.name: one for one in found.comparisons}
    rows = [_row(one, against.get(one.name), found, lang) for one in found.pooled]
    return _show.table([heading, *rows], right=range(1, len(heading) - 1))


def _row(one: MetricScore, other: MetricComparison | None, found: MetricsCompared, lang: Language) -> tuple[str, ...]:
    return (
        lang.text(found.titles[one.name]),
        lang.number(one.earned / len(found.origins)),
        lang.percent(one.of_best.value if one.of_best else None, 0),
        _between(one.of_best, lang),
        lang.percent(one.of_total.value if one.of_total else None, 0),
        lang.number(one.spearman.value if one.spearman else None, 2),
        lang.number(other.money.value, sign=True) if other else "",
        f"{lang.number(other.money.lower, sign=True)} … {lang.number(other.money.upper, sign=True)}" if other else "",
        lang.text("better") if other and other.is_better else lang.text("worse") if other and other.is_worse else "",
    )


def _between(found: Estimate | None, lang: Language) -> str:
    return f"{lang.percent(found.lower, 0)} … {lang.percent(found.upper, 0)}" if found else ""
