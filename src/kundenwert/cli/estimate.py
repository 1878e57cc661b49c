"""kundenwert estimate: the value of a customer from a few parameters, without data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from kundenwert.records.estimate import Estimate

_A_YEAR = {"year": 1, "quarter": 4, "month": 12}


@click.command()
@click.option("--margin", type=float, metavar="MONEY", help="Margin of a period. Or give --orders, --order-value and --margin-share.")
@click.option("--orders", type=click.FloatRange(0), metavar="NUMBER", help="Orders a period.")
@click.option("--order-value", type=float, metavar="MONEY", help="Value of an order.")
@click.option("--margin-share", type=click.FloatRange(-1, 1), metavar="SHARE", help="What is left of it, such as 0.3 for 30 %.")
@click.option("--retention", type=float, required=True, metavar="SHARE", help="Share of customers who stay from a period to the next.")
@click.option("--rate", type=float, default=0.1, show_default=True, metavar="SHARE", help="Interest a year.")
@click.option("--periods", type=int, metavar="NUMBER", help="Margins counted; without it forever.")
@click.option("--growth", type=float, default=0.0, show_default=True, metavar="SHARE", help="Growth of the margin a period.")
@click.option("--first", type=click.Choice(["end", "today"]), default="end", show_default=True, help="When the first margin falls due.")
@click.option("--term", type=int, default=0, show_default=True, metavar="NUMBER", help="First periods in which nobody can leave.")
@click.option("--acquisition-cost", type=float, metavar="MONEY", help="Cost of winning the customer: asks for the payback.")
@click.option("--per", type=click.Choice(list(_A_YEAR)), default="year", show_default=True, help="How long a period is.")
@click.option("--lang", type=click.Choice(["de", "en"]), default="en", show_default=True, help="Language of the answer.")
@click.option("--json", "as_json", is_flag=True, help="For programs: JSON.")
def estimate(lang: str, as_json: bool, **given: Any) -> None:
    """Reckon the value of a customer without data.

    Four orders a year of 60 at 30 %, of whom 80 % stay each year:

    kundenwert estimate --orders 4 --order-value 60 --margin-share 0.3 --retention 0.8 --periods 3
    """
    from kundenwert.cli import _show
    from kundenwert.flows.estimate import estimate as estimate_flow

    timing: Any = "today" if given.pop("first") == "today" else "end of period"
    margin = _margin(given)
    found = estimate_flow(margin=margin, timing=timing, periods_a_year=_A_YEAR[given.pop("per")], **given)
    _show.say(_json(found) if as_json else _text(found, lang))


def _margin(given: dict[str, Any]) -> float:
    """The margin as given, or by hand from orders; both or neither is a wrong call."""
    from kundenwert.flows.estimate import margin_of

    margin: float | None = given.pop("margin")
    parts = [given.pop(name) for name in ("orders", "order_value", "margin_share")]
    if margin is not None and not any(part is not None for part in parts):
        return margin
    if margin is None and all(part is not None for part in parts):
        return margin_of(*parts)
    raise click.UsageError("Give either --margin, or --orders with --order-value and --margin-share.")


def _json(found: Estimate) -> str:
    import json
    from dataclasses import asdict

    return json.dumps(asdict(found), indent=2)


def _text(found: Estimate, lang: str) -> str:
    from kundenwert.cli import _show
    from kundenwert.reports import _estimate
    from kundenwert.reports.language import Language

    language = Language(lang)
    tables = [_show.table(rows, right=(1,)) for rows in (_estimate.parameters(found, language), _estimate.results(found, language))]
    return "\n\n".join(["", *tables, "  " + _estimate.to_know(language)])


PLUGIN = estimate
