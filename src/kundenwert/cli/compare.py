"""kundenwert compare RUN RUN: what changed between two runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from kundenwert.flows.compare import Bounds, Figure, Group, Mover, RunComparison, TotalChange

_MONEY = ("revenue", "past", "expected_revenue", "clv", "value")
_GROUP_WORDS = {"both": "in both runs", "new": "new", "gone": "gone"}


@click.command()
@click.argument("first", metavar="RUN", default="previous")
@click.argument("second", metavar="RUN", default="current")
@click.option("--project", "folder", type=click.Path(path_type=Path), default=Path(), help="The project folder; without it this one.")
@click.option("--count", type=click.IntRange(0, 1000), default=10, show_default=True, help="How many gains and losses are listed.")
@click.option("--json", "as_json", is_flag=True, help="For programs: JSON.")
def compare(first: str, second: str, folder: Path, count: int, as_json: bool) -> None:
    """Show what changed from one run to another.

    RUN is the name of a run, the beginning of it, `current`, or `previous` (the one before the current run, by as-of day). Without
    names the previous run is compared with the current one. Nothing is computed anew and nothing is written.
    """
    from kundenwert.cli import _show
    from kundenwert.flows.compare import compare as compare_flow

    found = compare_flow(folder, first, second, count=count)
    _show.say(_json(found) if as_json else "\n\n".join(_parts(found)))


def _json(found: RunComparison) -> str:
    import json
    from dataclasses import asdict

    notices = [{"key": notice.key, "text": str(notice)} for notice in found.notices]
    return json.dumps({**asdict(found), "notices": notices}, indent=2, ensure_ascii=False, default=str)


def _parts(found: RunComparison) -> Iterator[str]:
    from kundenwert.cli import _show

    yield _heads(found)
    yield _inputs_and_settings(found)
    yield from _models(found)
    yield _totals(found)
    yield _groups(found)
    yield _movers(found, found.gains, "Biggest gains")
    yield _movers(found, found.losses, "Biggest losses")
    if found.notices:
        yield _show.notices(found.notices)


def _heads(found: RunComparison) -> str:
    from kundenwert.cli import _show

    names = ("name", "as_of", "created", "version", "yardstick", "currency", "horizon", "value_horizon")
    words = {"name": "run", "as_of": "as of", "value_horizon": "value horizon"}
    rows = [(words.get(name, name), getattr(found.first, name), getattr(found.second, name)) for name in names]
    verdicts = [
        f"  Evidence, {which} run: {run.verdict}" for which, run in (("first", found.first), ("second", found.second)) if run.verdict
    ]
    return "\n".join([_show.table([("", "first", "second"), *rows]), *verdicts])


def _inputs_and_settings(found: RunComparison) -> str:
    from kundenwert.cli import _show

    changes = [(one.change, one.name, _lines(one.lines_first), _lines(one.lines_second)) for one in found.inputs]
    inputs = "  Inputs that differ, with their lines:\n" + _show.table(changes, right=(2, 3)) if changes else "  Inputs: the same."
    rows = [(one.name, _plain(one.first), _plain(one.second)) for one in found.settings]
    settings = "  Settings that differ:\n" + _show.table(rows) if rows else "  Settings: the same."
    return f"{inputs}\n\n{settings}"


def _lines(lines: int | None) -> str:
    return "–" if lines is None else f"{lines:,}"


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return "none" if value in (None, "") else str(value)


def _models(found: RunComparison) -> Iterator[str]:
    from kundenwert.cli import _show

    for one in found.models:
        if one.same:
            yield f"  Model of {one.family}: {(one.second or {})['name']}, the same."
            continue
        first, second = (one.first or {}).get("parameters", {}), (one.second or {}).get("parameters", {})
        rows = [(name, _parameter(first.get(name)), _parameter(second.get(name))) for name in dict.fromkeys([*first, *second])]
        yield _show.table([(f"model of {one.family}", _model(one.first), _model(one.second)), *rows], right=(1, 2))


def _model(card: Mapping[str, Any] | None) -> str:
    if card is None:
        return "none"
    unit = f" ({card['unit']}s)" if card["unit"] else ""
    return f"{card['name']}{unit}"


def _parameter(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"


def _totals(found: RunComparison) -> str:
    from kundenwert.cli import _show

    rows: list[tuple[str, ...]] = [("all customers", "first", "second", "change", "")]
    for one in found.totals:
        is_money = one.measure in _MONEY
        figures = [_figure(value, is_money=is_money) for value in (one.first, one.second)]
        rows.append((one.measure.replace("_", " "), *figures, _signed(one.change, is_money=is_money), _share(one)))
        if one.first_interval or one.second_interval:
            level = (one.second_interval or one.first_interval).level  # type: ignore[union-attr]
            rows.append((f"  {level:.0%} interval", _bounds(one.first_interval), _bounds(one.second_interval), "", ""))
    return _show.table(rows, right=(1, 2, 3, 4))


def _figure(value: Figure, *, is_money: bool) -> str:
    if value is None:
        return "–"
    return f"{value:,.2f}" if is_money else f"{value:,.0f}"


def _signed(value: Figure, *, is_money: bool) -> str:
    if value is None:
        return "–"
    return f"{value:+,.2f}" if is_money else f"{value:+,.0f}"


def _share(one: TotalChange) -> str:
    if one.change is None or not one.first:
        return ""
    return f"{float(one.change) / float(one.first):+.1%}"


def _bounds(bounds: Bounds | None) -> str:
    return "–" if bounds is None else f"{bounds.lower:,.0f} to {bounds.upper:,.0f}"


def _groups(found: RunComparison) -> str:
    """Customers by where they are found; in money as a bridge from the first run's value to the second's."""
    from kundenwert.cli import _show

    part = "value" if found.measure == "value" else "expected"
    head = ("customers", "number", "changed", *(f"{part} {when}" for when in ("first", "second")), "change")
    rows = [_group_row(group, part) for group in found.groups]
    text = _show.table([head, *rows], right=(1, 2, 3, 4, 5))
    both = next((group for group in found.groups if group.found == "both"), None)
    if part != "value" or both is None:
        return text
    past, clv = (_signed(_of(both.second, name) - _of(both.first, name), is_money=True) for name in ("past", "clv"))
    return f"{text}\n  Of the change of customers in both runs, {past} is past (booked since), {clv} is clv (expected from now on)."


def _group_row(group: Group, part: str) -> tuple[str, ...]:
    is_money = part == "value"
    first, second = group.first[part], group.second[part]
    change = _of(group.second, part) - _of(group.first, part)
    figures = (_figure(first, is_money=is_money), _figure(second, is_money=is_money), _signed(change, is_money=is_money))
    return _GROUP_WORDS[group.found], f"{group.customers:,}", f"{group.changed:,}" if group.found == "both" else "", *figures


def _of(side: Mapping[str, Figure], name: str) -> Any:
    return side[name] or 0


def _movers(found: RunComparison, movers: tuple[Mover, ...], title: str) -> str:
    from kundenwert.cli import _show

    if not movers:
        return f"  {title}: none."
    if found.measure != "value":
        counts = [(one.customer_id, _word(one), *_few(one), f"{float(one.change or 0):+,.2f}") for one in movers]
        return f"  {title} of expected purchases:\n" + _show.table(
            [("customer", "", "first", "second", "change"), *counts], right=(2, 3, 4)
        )
    head = ("customer", "", "first", "second", "change", "of it past", "of it clv", "purchases")
    return f"  {title} of value:\n" + _show.table([head, *(_money_row(one) for one in movers)], right=(2, 3, 4, 5, 6, 7))


def _few(one: Mover) -> tuple[str, str]:
    first, second = ("–" if side["expected"] is None else f"{side['expected']:,.2f}" for side in (one.first, one.second))
    return first, second


def _money_row(one: Mover) -> tuple[str, ...]:
    values = (_figure(side["value"], is_money=True) for side in (one.first, one.second))
    parts = (_signed(_of(one.second, name) - _of(one.first, name), is_money=True) for name in ("past", "clv"))
    purchases = " to ".join("–" if side["purchases"] is None else f"{side['purchases']:,}" for side in (one.first, one.second))
    return (one.customer_id, _word(one), *values, _signed(one.change, is_money=True), *parts, purchases)


def _word(one: Mover) -> str:
    return "" if one.found == "both" else one.found


PLUGIN = compare
