"""The page of evidence.py: what was chosen, how it did against every other forecast, and whether totals held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.evidence import Against, Judged

SCORES = ("log score", "RMSE", "Gini", "bias")
HEAD = """# Does the automatic choice hold?

This page is made by `python3 run.py evidence --data FOLDER`; nobody edits it. Every log is cut a horizon before its end. What is known at
the cut chooses the forecast, by the rule "better" on the windows that had ended by then. What came afterwards judges it against every plain
model and every naive rule, with the same customers.

A difference counts where its 95 % interval (bootstrap over groups of customers) excludes 0. With eight others and four scores that is 32
comparisons a log: one in forty of true ties is called worse by chance. Bias is judged by its distance from 0; as all forecasts share the
level of the window, which no customer's history shows, a forecast counts as beaten on bias only where its total missed its own interval.
"""
WHY = """## Where the choice is beaten, and what was tried

- **Log score first.** The rule chooses by the log score, which asks for the whole distribution. On the CDNOW master it takes BG/NBD;
  Pareto/NBD orders these customers a little better (Gini) at the same log score. Choosing by RMSE or Gini instead was tried and left: both
  forget how sure a forecast is, and Gini forgets its level.
- **Bias follows the level.** Whether the next half year lies 10 % above or below this one is in no customer's history; among forecasts that
  order customers alike, the one that errs the other way has the smaller bias by luck. The interval of the total carries this.
- **Before Christmas.** Online Retail is one year long, so nothing in it can tell its season, and each autumn window is above what came
  before. What is chosen is best by log score; sums of naive rules that happen to run high are nearer.
- **Too short for full windows.** Where the log before the cut cannot hold the horizon, the choice looks back over the longest windows that
  fit; without any, MBG/NBD forecasts.
- **NBD chosen.** Where nobody is seen to leave, the simplest model of equals wins the count; values then rest on the best model in which
  customers may leave.
- **Tried and left:** a remedy for every log (season worsens logs shorter than two years, old customers those that begin with their
  company); more than three members in the mixture (weights below 2 %).
"""


def text(found: Sequence[Judged], held: Mapping[str, Sequence[tuple[bool, float]]]) -> str:
    """The page in Markdown."""
    return "\n".join([HEAD, *_overview(found), "", *_totals(found), "", *_shifted(held), "", WHY, *_details(found)]) + "\n"


def _overview(found: Sequence[Judged]) -> list[str]:
    rows = [
        "## The choice at the cut",
        "",
        "| log | what is known of it | cut | customers | ended windows | chosen | against plain models and naive rules |",
        "|---|---|---|---:|---:|---|---|",
    ]
    for one in found:
        rows.append(
            f"| {one.log.name} | {one.log.truth} | {one.cut} | {one.customers:,} | {one.earlier} | `{one.chosen}` | {_verdict(one)} |"
        )
    return rows


def _verdict(one: Judged) -> str:
    worse = [it for it in plain(one) if it.is_worse and not (it.score == "bias" and one.is_held)]
    if not worse:
        return "best, or within chance of the best, on all four scores"
    by_score = {score: [it for it in worse if it.score == score] for score in SCORES}
    told = [f"{score} ({', '.join(_short(it) for it in several)})" for score, several in by_score.items() if several]
    return "beaten on " + "; ".join(told)


def plain(one: Judged) -> list[Against]:
    """Comparisons with single models and naive rules, remedies and mixtures left out."""
    return [it for it in one.against if "+" not in it.name and it.name != "stacking"]


def _short(it: Against) -> str:
    return f"`{it.name}` by {-it.difference:.2g}"


def _totals(found: Sequence[Judged]) -> list[str]:
    rows = [
        "## The total after the cut",
        "",
        "| log | expected | 90 % interval | came | held |",
        "|---|---:|---:|---:|---|",
    ]
    for one in found:
        mean, lower, upper, actual = one.total
        rows.append(f"| {one.log.name} | {mean:,.0f} | {lower:,.0f} to {upper:,.0f} | {actual:,.0f} | {'yes' if one.is_held else 'no'} |")
    return rows


SHIFTS = {
    "level_shift": "Each half year has a level of its own, log-normal (0, 0.25), the past as well as the window",
    "one_shift": "The past is even, only the window is shifted, log-normal (0, 0.25): nothing earlier could tell how far",
}


def _shifted(held: Mapping[str, Sequence[tuple[bool, float]]]) -> list[str]:
    rows = [
        "## A hundred shops whose level shifts",
        "",
        "Asked: at least 85 of 100 totals inside their 90 % interval. BG/NBD, MBG/NBD and naive rules take part.",
        "",
    ]
    rows += ["| the shift | held | upper end over lower end, median |", "|---|---:|---:|"]
    for name, shops in held.items():
        widths = sorted(width for _, width in shops)
        rows.append(f"| {SHIFTS[name]} | {sum(ok for ok, _ in shops)} of {len(shops)} | {widths[len(widths) // 2]:.2f} |")
    return rows


def _details(found: Sequence[Judged]) -> list[str]:
    rows = ["## Every forecast at the cut"]
    for one in found:
        rows += ["", f"### {one.log.name}", "", "| forecast | log score | RMSE | Gini | bias |", "|---|---:|---:|---:|---:|"]
        for name, (log_score, rmse, gini, bias) in one.scores.items():
            mark = "**" if name == one.chosen else ""
            rows.append(f"| {mark}{name}{mark} | {log_score:.4f} | {rmse:.4f} | {gini:.4f} | {bias:+.1%} |")
    return rows
