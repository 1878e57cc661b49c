"""kundenwert plan NAME: whom to visit, call, write to with limited means; and the plans that were made."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kundenwert.cli import _options

if TYPE_CHECKING:
    from kundenwert.flows.kept_plans import PlanComparison

# As the help shows the command that makes a plan; any other first word than that of a command is the name of a plan.
_MAKE = "NAME"
_lang = click.option("--lang", type=click.Choice(["de", "en"]), default="de", show_default=True, help="Language.")
_count = click.option("--count", type=click.IntRange(0, 1000), default=10, show_default=True, help="How many lines are shown.")
_json = click.option("--json", "as_json", is_flag=True, help="For programs: JSON.")
_plan = click.argument("name", metavar="PLAN", required=False)


class Plans(click.Group):
    """A group whose first word may also be the name of a plan to make."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            return _MAKE, self.commands[_MAKE], args
        return super().resolve_command(ctx, args)


class Make(click.Command):
    """The command whose first word is its argument: the help names it once."""

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return ["[OPTIONS]"]


@click.group(cls=Plans, subcommand_metavar="NAME | COMMAND [OPTIONS] ...")
def plan() -> None:
    """Plan with limited means, and look at plans.

    `kundenwert plan spring` makes the plan [plans.spring] of the project file; `kundenwert plan allocation` the decision of that name
    with its defaults. A plan is kept under plans/ and never changes.
    """


@plan.command(_MAKE, cls=Make)
@click.argument("name", metavar="NAME")
@_options.project_option
@click.option("--run", "run_name", metavar="RUN", help="The run to plan from; without it the current one.")
@click.option("--budget", type=click.FloatRange(0), metavar="AMOUNT", help="How much money there is.")
@click.option("--limit", "limits", multiple=True, metavar="RESOURCE=AMOUNT", help="How much there is of a resource. May be repeated.")
@click.option("--span", metavar="SPAN", help="How long the plan spends, such as 3m.")
@click.option(
    "--hold-out", type=click.FloatRange(0, 0.9), metavar="SHARE", help="The share of customers left out by chance, to measure it."
)
@click.option("--seed", type=click.IntRange(0), metavar="NUMBER", help="Another seed draws others.")
@_count
@_lang
@_options.quiet
@_json
def make(
    name: str,
    folder: Path,
    run_name: str | None,
    budget: float | None,
    limits: Sequence[str],
    span: str | None,
    hold_out: float | None,
    seed: int | None,
    count: int,
    lang: str,
    quiet: bool,
    as_json: bool,
) -> None:
    """Make a plan.

    NAME is a section [plans.NAME] of the project file, or a decision with its defaults. Who has objected, and who has not agreed where
    the law asks for it, is left out before anything is weighed up.
    """
    from kundenwert.cli import _show
    from kundenwert.flows.plans import plan as make_plan

    flags: dict[str, Any] = {"run": run_name, "limits": _limits(budget, limits), "span": span, "hold_out": hold_out, "seed": seed}
    made = make_plan(folder, name, flags, clock=_options.now(), progress=_show.progress(quiet=quiet or as_json))
    _tell(folder, made.name, count=count, lang=lang, as_json=as_json)


@plan.command("list")
@_options.project_option
@_json
def list_plans(folder: Path, as_json: bool) -> None:
    """List all plans, oldest first."""
    from kundenwert.cli import _show
    from kundenwert.flows.kept_plans import approval, plans

    found = plans(folder)
    if as_json:
        click.echo(json.dumps([one.content for one in found], indent=2, ensure_ascii=False))
        return
    rows = [("plan", "name", "decision", "run", "customers", "gain", "cost", "approved")]
    for one in found:
        approved = approval(folder, one)
        content = one.content
        money = (_show.money(content[key], content["currency"]) for key in ("gain", "cost"))
        names = (content["name"], content["decision"], one.run, f"{content['planned']:,}")
        rows.append((one.name, *names, *money, approved.by if approved else ""))
    _show.say(_show.table(rows, right=(4, 5, 6)) if found else f"No plan in {folder} yet. Make one with `kundenwert plan NAME`.")


@plan.command("show")
@_plan
@_options.project_option
@_count
@_lang
@_json
def show(name: str | None, folder: Path, count: int, lang: str, as_json: bool) -> None:
    """Show a plan, without PLAN the newest.

    What it brings and takes, how else the means could be spent, the first lines with their reasons, who was left out, what it assumes.
    PLAN is its name or the beginning of it, or the name of its section: the newest of these. Who has objected since stands in no line.
    """
    _tell(folder, name, count=count, lang=lang, as_json=as_json)


@plan.command("compare")
@click.argument("first", metavar="PLAN")
@click.argument("second", metavar="PLAN")
@_options.project_option
@_json
def compare(first: str, second: str, folder: Path, as_json: bool) -> None:
    """Show what another plan does otherwise."""
    from dataclasses import asdict

    from kundenwert.cli import _show
    from kundenwert.flows.kept_plans import compare as compare_plans

    found = compare_plans(folder, first, second)
    _show.say(json.dumps(asdict(found), indent=2, ensure_ascii=False) if as_json else "\n\n".join(_comparison(found)))


@plan.command("export")
@_plan
@_options.project_option
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="The file to write; a wrong ending is answered with those there are."
)
@click.option("--numbers", type=click.Choice(["de", "en"]), help=_options.NUMBERS)
@_lang
def export(name: str | None, folder: Path, out: Path, numbers: str | None, lang: str) -> None:
    """Write a plan for other programs, without PLAN the newest.

    .csv for mailing tools: whom to reach how, with no word about anybody's value. .xlsx with a list for each person, .pdf for those who
    decide. Objections and consents are looked at again.
    """
    from kundenwert.cli import _show
    from kundenwert.flows.kept_plans import export as export_plan

    found = export_plan(folder, name, out, language=lang, numbers=numbers)
    struck = sum(found.struck.values())
    since = f"; {struck:,} left out: objected or refused since the plan was made" if struck else ""
    _show.say(f"{found.lines:,} lines: {found.path}{since}")


@plan.command("approve")
@_plan
@_options.project_option
@_options.by
def approve(name: str | None, folder: Path, by: str) -> None:
    """Record that you approve a plan, without PLAN the newest."""
    from kundenwert.cli import _show
    from kundenwert.flows.kept_plans import approve as approve_plan
    from kundenwert.flows.kept_plans import find

    found = find(folder, name)
    entry = approve_plan(folder, found.name, by=by, clock=_options.now())
    _show.say(f"{found.name} is approved. Entry {entry} of the register.")


def _limits(budget: float | None, pairs: Sequence[str]) -> dict[str, float]:
    """What --budget and --limit say; raises a usage error for what is no RESOURCE=AMOUNT."""
    from kundenwert.records.plans import MONEY

    found = {} if budget is None else {MONEY: budget}
    for pair in pairs:
        resource, _, amount = pair.partition("=")
        try:
            number = float(amount)
        except ValueError:
            raise click.BadParameter(f"{pair!r} is not RESOURCE=AMOUNT, such as visits=40.", param_hint="--limit") from None
        if resource.strip() in found:
            raise click.BadParameter(f"{resource.strip()} is limited twice.", param_hint="--limit")
        found[resource.strip()] = number
    return found


def _tell(folder: Path, name: str | None, *, count: int, lang: str, as_json: bool) -> None:
    from kundenwert import registry
    from kundenwert.cli import _show
    from kundenwert.flows.kept_plans import approval, find, kept

    found = kept(folder, name, most=count)
    if as_json:
        click.echo(json.dumps({**found.content, "struck": dict(found.struck)}, indent=2, ensure_ascii=False))
        return
    approved = approval(folder, find(folder, found.name))
    _show.say(registry.load("reports", "plan_text")(found, lang, approved=f"{approved.by}, {approved.at[:10]}" if approved else ""))


def _comparison(found: PlanComparison) -> list[str]:
    from kundenwert.cli import _show

    first, second = found.first, found.second
    rows = [
        ("", "first", "second"),
        *((key, str(first[key]), str(second[key])) for key in ("plan", "name", "decision", "run", "as_of", "span")),
    ]
    parts = [_show.table(rows)]
    differing = [(name, json.dumps(one, ensure_ascii=False), json.dumps(other, ensure_ascii=False)) for name, one, other in found.settings]
    parts.append("  What differs:\n" + _show.table(differing) if differing else "  Settings, actions and limits: the same.")
    figures: list[tuple[str, ...]] = [("", "first", "second", "change")]
    for key in ("gain", "cost", "lower", "upper"):
        one, other = first[key], second[key]
        change = "" if one is None or other is None else f"{other - one:+,.2f}"
        figures.append((key, _show.money(one, first["currency"]), _show.money(other, second["currency"]), change))
    figures.append(("customers", f"{first['planned']:,}", f"{second['planned']:,}", f"{second['planned'] - first['planned']:+,}"))
    parts.append(_show.table(figures, right=(1, 2, 3)))
    actions: list[tuple[str, ...]] = [("action", "first", "second", "cost first", "cost second")]
    actions += [
        (name, f"{one:,}", f"{other:,}", *(f"{cost:,.2f}" for cost in costs)) for name, (one, other, *costs) in found.actions.items()
    ]
    parts.append(_show.table(actions, right=(1, 2, 3, 4)))
    words = {"both": "in both", "only_first": "in the first alone", "only_second": "in the second alone"}
    customers = [("customers", "number", "gain first", "gain second")]
    customers += [(words[name], f"{count:,}", f"{one:,.2f}", f"{other:,.2f}") for name, (count, one, other) in found.customers.items()]
    parts.append(_show.table(customers, right=(1, 2, 3)))
    return parts


PLUGIN = plan
