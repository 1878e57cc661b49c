"""The command line. One file a command; a command parses, calls one flow and shows the result."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, final

import click

from kundenwert import __version__, registry
from kundenwert.errors import KundenwertError, Problem, StorageError, UnknownName

_OWN = "kundenwert"


@final
class Commands(click.Group):
    """Finds the commands in this folder; a command's module is imported when it is called or listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(registry.names("cli"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in registry.names("cli"):
            ctx.fail(str(UnknownName(cmd_name, "the commands", registry.names("cli"))))
        command: click.Command = registry.load("cli", cmd_name)
        return command


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kundenwert")
def commands() -> None:
    """The value of each customer, past and future, in money.

    Begin with `kundenwert demo`, or with your own file: `kundenwert check FILE`, then `kundenwert init DIR --from FILE` and
    `kundenwert run DIR`. `kundenwert COMMAND --help` lists the options of a command.

    Exit codes: 0 good, 1 the data or settings are wrong, 2 wrong usage, 3 a mistake of ours.
    """


def main(arguments: list[str] | None = None) -> Any:
    """The entry point of the command `kundenwert`; ends the process with the exit code."""
    # Our sums are short: threads of the linear algebra would wait for each other longer than they work. The engine has its own.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # Windows consoles and pipes would otherwise fail at the first umlaut.
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        commands.main(args=arguments, prog_name="kundenwert", standalone_mode=False)
    except click.ClickException as err:
        err.show()
        sys.exit(err.exit_code)
    except click.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except KundenwertError as err:
        _tell(err)
        sys.exit(err.exit_code)
    except MemoryError:
        _tell(_no_memory())
        sys.exit(1)
    except Exception as err:
        if type(err).__name__ == "InterruptException":
            # The engine's own word for Ctrl-C while it works; no driver is known here.
            click.echo("Stopped.", err=True)
            sys.exit(130)
        _tell_bug(err)
        sys.exit(3)
    sys.exit(0)


def _no_memory() -> KundenwertError:
    return StorageError(
        Problem(
            "The memory is used up.",
            "room for the largest table.",
            "close other programs, or load less at a time. Earlier results are untouched.",
        )
    )


def _tell(err: KundenwertError) -> None:
    from kundenwert.cli._show import problems

    problems(err)


def _tell_bug(err: Exception) -> None:
    import traceback

    if os.environ.get("KUNDENWERT_DEBUG"):
        traceback.print_exc()
    frames = traceback.extract_tb(err.__traceback__)
    where = next((frame for frame in reversed(frames) if _OWN in Path(frame.filename).parts), frames[-1])
    # Not the text of the exception: it may quote a customer's name, and this line is made to be passed on.
    place = f"{where.name}, {Path(where.filename).name} line {where.lineno}"
    click.echo(f"A mistake of ours: {type(err).__name__} in {place}, version {__version__}. Please report this line.", err=True)
    click.echo("KUNDENWERT_DEBUG=1 shows the whole trace, which may hold your data. Earlier results are untouched.", err=True)
