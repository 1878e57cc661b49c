"""kundenwert release: whether customers may be evaluated by the person who looks after them."""

from __future__ import annotations

from pathlib import Path

import click

from kundenwert.cli import _options


@click.command()
@click.option("--agreement", default="", metavar="TEXT", help="Under which agreement, with its day: a works agreement, a decision. Needed.")
@click.option("--withdraw", is_flag=True, help="Takes the release back.")
@_options.by
@_options.project_option
def release(agreement: str, withdraw: bool, by: str, folder: Path) -> None:
    """Release evaluations by account manager.

    They judge employees, so they are off until this is recorded: who decided, when, and under which agreement. Without --agreement and
    --withdraw the command says what is in force. It counts from the next run on.
    """
    from kundenwert.cli import _show
    from kundenwert.flows import release as flow

    if withdraw:
        entry = flow.withdraw(folder, by=by, clock=_options.now())
        _show.say(f"Evaluations by account manager are off from the next run on. Entry {entry} of the register.")
    elif agreement:
        entry = flow.release(folder, agreement=agreement, by=by, clock=_options.now())
        _show.say(f"Evaluations by account manager are released from the next run on. Entry {entry} of the register.")
    elif found := flow.released(folder):
        _show.say(f"Evaluations by account manager: released by {found.by} on {found.at[:10]}. {found.agreement}")
    else:
        _show.say("Evaluations by account manager: off. Nobody has released them; teams of at least five are told.")


PLUGIN = release
