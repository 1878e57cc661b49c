"""kundenwert audit: that nobody changed the register, who decided what, and which records are due."""

from __future__ import annotations

from pathlib import Path

import click

from kundenwert.cli import _options


@click.group()
def audit() -> None:
    """Check the register of a project, or list its log."""


@audit.command("verify")
@_options.project
def verify(folder: Path) -> None:
    """Look for any change of the register made by hand.

    Checks every row and entry, the chain of hashes, the head with its seal, the certificates of erasures, and what runs remember of the
    log. Ends with exit code 1 and a list where anything was changed, removed, added or moved.
    """
    from kundenwert.flows.audit import check

    found = check(folder)
    click.echo(f"{found:,} entries, nothing was changed." if found else f"Nothing was ever decided in {folder}.")


@audit.command("list")
@_options.project
def list_entries(folder: Path) -> None:
    """List who decided what and when, oldest first.

    Erased persons are not named.
    """
    from kundenwert.cli import _show
    from kundenwert.flows.audit import entries

    rows = [("entry", "at", "by", "action", "customer")]
    rows += [(str(one.number), one.at, one.by, one.action, one.customer) for one in entries(folder)]
    _show.say(_show.table(rows, right=(0,)) if len(rows) > 1 else f"Nothing was ever decided in {folder}.")


@audit.command("retention")
@_options.project
@click.option("--all", "everything", is_flag=True, help="Also what must still be kept.")
def retention(folder: Path, everything: bool) -> None:
    """Show which records have been kept long enough.

    Counts the ledger of the current run and the register. This is no legal advice.
    """
    from kundenwert.cli import _show
    from kundenwert.flows.audit import retention as look

    found = [one for one in look(folder, today=_options.now().date()) if everything or one.is_due]
    rows = [("records", "table", "year", "kept until", "due", "rule", "basis")]
    rows += [
        (f"{one.records:,}", one.table, str(one.year), one.until.isoformat(), "due" if one.is_due else "", one.rule.name, one.rule.basis)
        for one in found
    ]
    _show.say(_show.table(rows, right=(0,)) if found else "Nothing is due.")


PLUGIN = audit
