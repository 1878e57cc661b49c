"""What is planted in the example company, and what a run finds of it: `python -m bench.planted [--seeds 2024,1,2,3,4] [--project DIR]`.

Each seed makes a company, exports its first two years with all faults, values them as `kundenwert demo --company` does, and holds what
stands in the run against the truth. Prints a table in Markdown: planted, found, and how many others the same rule names. `--project`
takes a valued project of the shipped company in place of that and prints JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kundenwert.example.company._truth import Truth

CLOCK = datetime(2026, 6, 1, tzinfo=UTC)
Rows = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Rule:
    """How a planted fact is looked for: what it is, and the rule in words."""

    what: str
    words: str


RULES = {
    "loss_makers": Rule("loss makers, with their cause", "contribution IV below zero and the cause that is planted"),
    "discounters": Rule(
        "discounters (0.85 of list on everything)",
        "`price_realisation` 0.845 to 0.855, `price_trend` within 0.005, `promotion_share` below a half",
    ),
    "late_payers": Rule("late payers", "`days_beyond_terms` above 20"),
    "promotion_hunters": Rule("promotion hunters", "`promotion_share` = 1"),
    "promotion_hunters_by_price": Rule("promotion hunters, without the mark of promotion", "`bargain_share` above 0.8"),
    "recommenders": Rule("who has recommended somebody", "`recommended_customers` at least 1"),
    "upset": Rule("left because a complaint was handled badly", "`orders_since_bad_complaint` = 0"),
    "old_tariff": Rule("old tariff", "`contract_price_against_others` above 1.1"),
    "moved": Rule("letters that came back", "`contact_issues.parquet`: undeliverable"),
    "duplicates": Rule("duplicates (pairs)", "proposals of `kundenwert check`"),
    "groups": Rule("groups of key accounts, with all members", "`parent_id`, rolled up"),
}


@dataclass(frozen=True)
class Found:
    """One fact in one company: how many are planted, how many of them are found, and how many others the rule names."""

    planted: int
    found: int
    others: int

    @staticmethod
    def of(planted: set[Any], named: set[Any]) -> Found:
        return Found(len(planted), len(planted & named), len(named - planted))

    def __add__(self, other: Found) -> Found:
        return Found(self.planted + other.planted, self.found + other.found, self.others + other.others)


def measure(project: Path, truth: Truth) -> dict[str, Found]:
    """Each planted fact in the newest run of a project; who objected stands in no list and is not looked for."""
    from kundenwert.runs import store

    run = store.read(project)
    features = _rows(run.folder / "features.parquet")
    by_rule = {
        "discounters": (truth.discounters, _is_discounter),
        "late_payers": (truth.late_payers, lambda row: (row["days_beyond_terms"] or 0) > 20),
        "promotion_hunters": (truth.promotion_hunters, lambda row: row["promotion_share"] == 1),
        "promotion_hunters_by_price": (truth.promotion_hunters, lambda row: (row["bargain_share"] or 0) > 0.8),
        "recommenders": (truth.referred, lambda row: (row["recommended_customers"] or 0) >= 1),
        "upset": (truth.left_after_complaint, lambda row: row["orders_since_bad_complaint"] == 0),
        "old_tariff": (truth.old_tariff, lambda row: (row["contract_price_against_others"] or 0) > 1.1),
    }
    found = {
        name: Found.of({one for one in planted if one in features}, {one for one, row in features.items() if fits(row)})
        for name, (planted, fits) in by_rule.items()
    }
    return {"loss_makers": _loss_makers(project, truth, features), **found, **_of_records(project, run, truth, features)}


def _rows(path: Path) -> Rows:
    import pyarrow.parquet as pq

    return {row["customer_id"]: row for row in pq.read_table(path).to_pylist()}


def _is_discounter(row: Mapping[str, Any]) -> bool:
    is_steady = abs((row["price_realisation"] or 0) - 0.85) <= 0.005 and abs(row["price_trend"] or 0) <= 0.005
    # Who buys on promotion only pays as little, and as steadily.
    return is_steady and (row["promotion_share"] or 0) < 0.5


def _loss_makers(project: Path, truth: Truth, features: Rows) -> Found:
    """Many others lose money too, by nature: they are no false alarms and are not counted."""
    from kundenwert.flows.contribution import result

    causes = {loss.customer_id: loss.cause for loss in result(project, count=100_000).loss_makers}
    planted = {one: cause for one, cause in truth.loss_makers.items() if one in features}
    return Found(len(planted), sum(causes.get(one) == cause for one, cause in planted.items()), 0)


def _of_records(project: Path, run: Any, truth: Truth, features: Rows) -> dict[str, Found]:
    """What master data say: duplicates, groups, letters that came back."""
    import pyarrow.parquet as pq

    from kundenwert.engines import open_engine
    from kundenwert.flows.company_ledger import open_tables
    from kundenwert.flows.duplicates import find_duplicates
    from kundenwert.flows.ledger import folder_of

    ledger = folder_of(project) / run.manifest["ledger"]
    with open_engine() as engine:
        engine.open_parquet("ledger_lines", [ledger / "transactions.parquet"], numbered=False)
        engine.view("booked", "tables/booked_from_ledger.sql")
        open_tables(engine, ledger)
        pairs = {frozenset((one.first_id, one.second_id)) for one in find_duplicates(engine).found}
        engine.rename("customer_groups", "exported")
        groups: dict[str, set[str]] = {}
        for row in engine.rows("value/exported.sql"):
            groups.setdefault(row["group_id"], set()).add(row["customer_id"])
    named = {frozenset(members) for members in groups.values() if len(members) > 1}
    issues = pq.read_table(run.folder / "contact_issues.parquet").to_pylist()
    moved = {row["customer_id"] for row in issues if row["issue"] == "undeliverable"}
    return {
        "moved": Found.of({one for one in truth.moved if one in features}, moved),
        "duplicates": Found.of({frozenset(pair) for pair in truth.duplicates.items()}, pairs),
        "groups": Found.of({frozenset(members) for members in truth.groups.values()}, named),
    }


def of_seed(seed: int) -> dict[str, Found]:
    """Makes a company, values it, and measures."""
    from importlib import resources

    from kundenwert.example.company import first_two_years
    from kundenwert.flows.progress import Progress
    from kundenwert.flows.run import run

    company = first_two_years(seed)
    with tempfile.TemporaryDirectory(prefix="kundenwert-planted-") as scratch:
        project = Path(scratch)
        company.export(project / "exports")
        settings = resources.files("kundenwert.example").joinpath("company", "kundenwert.toml").read_bytes()
        (project / "kundenwert.toml").write_bytes(settings)
        run(project, {"language": "en"}, clock=CLOCK, progress=Progress())
        return measure(project, company.truth())


def text(found: Mapping[int, Mapping[str, Found]]) -> str:
    """The table, all seeds together."""
    lines = ["| planted | rule | planted | found | others named |", "|---|---|---:|---:|---:|"]
    for name, rule in RULES.items():
        one = sum((of_one[name] for of_one in found.values()), Found(0, 0, 0))
        others = "-" if name == "loss_makers" else str(one.others)
        lines.append(f"| {rule.what} | {rule.words} | {one.planted} | {one.found} | {others} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="bench.planted", description="What is planted in the example company, and what a run finds of it."
    )
    parser.add_argument("--seeds", default="2024,1,2,3,4", help="seeds of companies, such as 2024,1,2")
    parser.add_argument("--project", type=Path, help="a valued project of the shipped company; prints JSON")
    given = parser.parse_args()
    if given.project:
        from kundenwert.example.company import first_two_years

        measured = measure(given.project, first_two_years().truth())
        print(json.dumps({name: [one.planted, one.found, one.others] for name, one in measured.items()}))
        return
    found = {}
    for seed in (int(word) for word in given.seeds.split(",")):
        found[seed] = of_seed(seed)
        told = {name: (one.planted, one.found, one.others) for name, one in found[seed].items()}
        print(f"seed {seed}: {told}", file=sys.stderr)
    print(text(found))


if __name__ == "__main__":
    main()
