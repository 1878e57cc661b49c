"""A small shop that plans: forty customers, who they are, how they were contacted, and a decision that is quickly taken."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import exports
import numpy as np
import pytest

from kundenwert import decisions
from kundenwert.decisions._decision import Decision
from kundenwert.errors import Problem
from kundenwert.flows.plans import Planned, plan
from kundenwert.flows.progress import Progress
from kundenwert.flows.run import run
from kundenwert.records.plans import MONEY, Case, Plan, Practice, Used

NOW = datetime(2025, 6, 1, 9, 30, tzinfo=UTC)
LAST_DAY = date(2025, 5, 30)
# Numbers that stand for something: who objected by the records, who wants no advertising, who has nobody, private persons.
OBJECTOR, REFUSES, ALONE, PRIVATE, FORMULA = "K0003", "K0004", "K0005", ("K0006", "K0007"), "K0008"
SETTINGS = f'title = "Laden"\ncurrency = "EUR"\nmargin = 0.3\nhorizon = "12m"\nmodel = "mbg_nbd"\nas_of = {LAST_DAY}\nthreads = 1\n'
EFFECT = 'effect = {low = 0.01, likely = 0.2, high = 0.3, source = "assumption", by = "Sales", on = 2025-01-15}'
VISIT = f'[actions.visit]\nchannel = "visit"\nchanges = "money"\n{EFFECT}\ncosts = {{money = 5, visits = 1}}\n'
MAIL = f'[actions.mail]\nchannel = "email"\nchanges = "money"\n{EFFECT}\ncosts = {{money = 1}}\n'
CALL = f'[actions.call]\nchannel = "phone"\nchanges = "money"\n{EFFECT}\ncosts = {{money = 2}}\n'


def number(place: int) -> str:
    return f"K{place:04}"


def lines() -> list[tuple[Any, ...]]:
    """Each customer buys four times; who comes later buys for more."""
    found = []
    for place in range(40):
        for turn in range(4):
            day = LAST_DAY - timedelta(days=place + 90 * turn)
            found.append((number(place), day, f"R{place}-{turn}", "A", 1, f"{100 + 10 * place}.00", ""))
    return sorted(found, key=lambda line: line[1])


def records() -> list[tuple[str, ...]]:
    """Every customer with name and address; some want no advertising, one has objected, one has nobody who looks after it."""
    found = []
    for place in range(40):
        who = number(place)
        name = "=HYPERLINK(1)" if who == FORMULA else f"Kunde {place} Müller"
        kind = "privat" if who in PRIVATE else "Firma"
        person = "" if who == ALONE else f"AD {place % 2 + 1}"
        flags = ("ja" if who == REFUSES else "nein", "ja" if who == OBJECTOR else "nein")
        found.append((who, name, f"k{place}@muster.example", f"030 {place}", "Weg 1", "10115", "Köln", kind, person, *flags))
    return found


_RECORDS = ("customer_id", "name", "email", "telefon", "strasse", "plz", "ort", "kind", "aussendienst", "werbesperre", "widerspruch")
_CONTACTS = ("kontaktnr", "customer_id", "kontaktdatum", "kontaktart", "richtung")


def contacts() -> list[tuple[str, ...]]:
    """Of K0010 two visits and a call of its own in the last quarter and a visit before; of K0011 a call of ours."""
    told = (("K0010", 20, "Besuch", "ausgehend"), ("K0010", 40, "Besuch", "ausgehend"), ("K0010", 50, "Telefon", "eingehend"))
    told += (("K0010", 120, "Besuch", "ausgehend"), ("K0011", 10, "Telefon", "ausgehend"))
    return [(f"V{place}", who, str(LAST_DAY - timedelta(days=ago)), *how) for place, (who, ago, *how) in enumerate(told)]


def made(folder: Path) -> Path:
    """The project, valued once."""
    exports.project(folder, lines(), SETTINGS, pattern="exports/sales-*.csv")
    exports.write(folder / "exports" / "kunden.csv", records(), _RECORDS)
    exports.write(folder / "exports" / "kontakte.csv", contacts(), _CONTACTS)
    add(folder, '[tables.customers]\nfiles = ["exports/kunden.csv"]\n[tables.contacts]\nfiles = ["exports/kontakte.csv"]\n')
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kundenwert.flows.run._write_reports", lambda building, *_: None)
        run(folder, {"threads": "1"}, clock=NOW, progress=Progress())
    return folder


def add(folder: Path, text: str) -> None:
    """Writes more into the project file."""
    with (folder / "kundenwert.toml").open("a", encoding="utf-8") as file:
        file.write(text)


def planned(folder: Path, name: str = "tiny", **flags: Any) -> Planned:
    return plan(folder, name, flags, clock=NOW, progress=Progress())


# ---- a decision that gives each customer at most one action, the first that is allowed, until the money is gone ----------------------


def decide(case: Case) -> Plan:
    clv = np.nan_to_num(case.columns["clv"])
    gain, action, cost = np.zeros(len(case.ids)), np.full(len(case.ids), "", dtype="<U9"), np.zeros(len(case.ids))
    for one in reversed(case.actions):
        allowed = case.allowed[one.name]
        worth = np.round(clv * one.effect.likely - one.costs.get(MONEY, 0.0), 2)
        gain, cost = np.where(allowed, worth, gain), np.where(allowed, one.costs.get(MONEY, 0.0), cost)
        action = np.where(allowed, one.name, action)
    order = np.lexsort((case.ids, -gain))
    order = order[(action[order] != "") & (gain[order] > 0)]
    budget = next((limit.amount for limit in case.limits if limit.resource == MONEY and not limit.person), np.inf)
    order = order[np.cumsum(cost[order]) <= budget]
    lines = {
        "customer_id": case.ids[order],
        "action": action[order],
        "count": np.ones(len(order), dtype=np.int64),
        "gain": gain[order],
        "cost": cost[order],
        "reason": np.full(len(order), "worth"),
        "clv": clv[order],
    }
    total, spent = round(float(gain[order].sum()), 2), round(float(cost[order].sum()), 2)
    used = (
        Used(MONEY, "", budget, spent, 0.2),
        *(Used(one.resource, one.person, one.amount, 0.0, 0.0) for one in case.limits if one.person),
    )
    return Plan(
        decision="tiny",
        lines=lines,
        reasons={"worth": "Expected to bring {clv:,.0f}."},
        columns={"clv": "Residual value."},
        gain=total,
        cost=spent,
        lower=total / 2,
        upper=total * 2,
        bound=total,
        used=used,
        compared=(Practice("nothing", 0.0, 0.0, 0), Practice("even", total / 3, spent, len(order))),
    )


def wrong(case: Case) -> list[Problem]:
    return [
        Problem(f"{who} is fixed and unknown.", "a customer.", "correct it.") for who in sorted(set(case.fixed) - set(case.ids.tolist()))
    ]


def _no_example(rng: np.random.Generator, size: int) -> Case:
    raise AssertionError("The tests of the family do not know this decision.")


TINY = Decision(
    title="Tiny",
    question="Whom first?",
    formula="clv x effect - cost",
    source="invented",
    decide=decide,
    wrong=wrong,
    example=_no_example,
    columns=("clv",),
    optional=("region", "last_purchase", "contacts"),
    needs_actions=True,
)


@contextmanager
def tiny_decision(**changed: Any) -> Iterator[Decision]:
    """As long as it lasts, there is the decision "tiny"."""
    from dataclasses import replace

    made_of = replace(TINY, **changed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decisions, "decisions", lambda: {"tiny": made_of})
        yield made_of
