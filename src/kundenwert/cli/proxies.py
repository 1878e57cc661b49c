"""kundenwert proxies: can what nobody may be valued by be told from what models and scores use?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kundenwert.cli import _options

if TYPE_CHECKING:
    from kundenwert.records.proxies import ProxyCheck, ProxyInput

_LISTED = 5
_VERDICTS = {"proxy": "PROXY", "weak": "weak", "none": "no more than chance"}


@click.command()
@_options.project
@click.option("--run", "name", help="The run to look at; without it the current one.")
@click.option("--all", "everything", is_flag=True, help="Every input, not only those that stand out most.")
@click.option("--json", "is_json", is_flag=True, help="For programs: everything as JSON.")
def proxies(folder: Path, name: str | None, everything: bool, is_json: bool) -> None:
    """Look whether inputs tell gender, age or origin.

    A model that may not use gender can still learn it from what does. For each column of the sources that tells something nobody may be
    valued by, every input of models and scores is held against it, alone and all together. The rate says how many of 100 pairs of customers
    who differ in it are told apart the right way round; 50 is chance. Such a column is read for this look alone and never kept.
    """
    from kundenwert.cli import _show
    from kundenwert.flows.proxy import as_json
    from kundenwert.flows.proxy import proxies as look

    found = look(folder, run=name, progress=_show.progress(quiet=is_json))
    if is_json:
        click.echo(json.dumps(as_json(found), ensure_ascii=False, indent=2))
        return
    if not found:
        _show.say("No column of the sources tells something that nobody may be valued by, as far as names of columns go.")
    for check in found:
        _show.say(_told(check, everything=everything) + "\n")


def _told(check: ProxyCheck, *, everything: bool) -> str:
    from kundenwert.cli import _show

    head = f"{check.column} ({check.table}): {check.attribute}. {check.basis}"
    if check.untested or check.together is None:
        return f"{head}\n  Not tested: {check.untested}."
    classes = ", ".join(f"{name} {count:,}" for name, count in check.classes)
    ordered = sorted(check.inputs, key=lambda one: (-one.rate, one.name))
    shown = ordered if everything else ordered[:_LISTED]
    rows: list[tuple[str, ...]] = [("input", "of 100 pairs", "90 % interval", "chance of that by luck", "verdict")]
    rows += [_row(one) for one in (check.together, *shown)]
    left = len(ordered) - len(shown)
    more = f"\n  {left:,} more inputs tell less; --all shows them." if left else ""
    return f"{head}\n  {check.customers:,} customers: {classes}\n\n{_show.table(rows, right=(1, 2, 3))}{more}"


def _row(one: ProxyInput) -> tuple[str, ...]:
    return (
        one.name,
        f"{100 * one.rate:.0f}",
        f"{100 * one.lower:.0f} to {100 * one.upper:.0f}",
        f"{one.chance:.3f}",
        _VERDICTS[one.verdict],
    )


PLUGIN = proxies
