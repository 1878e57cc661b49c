"""Points and what they are worth: the scale kept from run to run, what an earlier day teaches, and the points of one customer."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert.engines import open_engine
from kundenwert.errors import KundenwertError, UnknownName
from kundenwert.flows.objection import objectors
from kundenwert.records import Calibration, Criterion, Notice, PointsOf, Reason, Scoring
from kundenwert.register.book import Register
from kundenwert.runs import store

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.flows.load import Loaded
    from kundenwert.flows.progress import Progress
    from kundenwert.flows.project import Project
    from kundenwert.flows.valuation import Valued

FILE = "scores.parquet"
_YEAR_DAYS = 365
# So much log an earlier day needs before it, nearly a year: half a year's purchases say little of a customer.
_LEAST_DAYS = 330
_SEED = 20_160


def scoring_of(project: Project, loaded: Loaded, valued: Valued, *, progress: Progress) -> Scoring:
    """What a run judges customers with: the catalogue, the scale of an earlier run of its name, and what an earlier day teaches."""
    catalogue = project.definition.criteria
    learned = calibrate(project, loaded, valued, progress=progress) if catalogue.money == "calibrated" else Calibration()
    return Scoring(catalogue, _stored(project.folder, catalogue.scale, context_of(valued)), learned)


def context_of(valued: Valued) -> dict[str, Any]:
    """What a scale rests on beside the customers: another yardstick, currency or horizon makes another scale."""
    return {"yardstick": valued.amounts.yardstick, "currency": valued.currency, "horizon_days": valued.horizons.horizon_days}


def kept_of(scoring: Scoring, kept: Mapping[str, Any], valued: Valued) -> dict[str, Any]:
    """What register and manifest keep: the catalogue, its version, the scale with all measures it knows, and what it rests on."""
    return {**kept, "breaks": {**scoring.breaks, **kept.get("breaks", {})}, "context": context_of(valued)}


def _stored(folder: Path, scale: str, context: Mapping[str, Any]) -> dict[str, Any]:
    """The breakpoints of the newest definition of that scale; empty where there is none."""
    register = Register(folder)
    for row in reversed(register.rows("definitions") if register.exists else []):
        kept = row.content.get("criteria")
        if kept and kept["catalogue"]["scale"] == scale and kept["context"] == context:
            return dict(kept["breaks"])
    return {}


# ---- what an earlier day teaches --------------------------------------------------------------------------------------


def calibrate(project: Project, loaded: Loaded, valued: Valued, *, progress: Progress) -> Calibration:
    """Judges the customers of a year ago by what was known then, and learns what their scores were worth in the year after."""
    cut = valued.as_of - timedelta(days=_YEAR_DAYS)
    days = [entry.day for entry in loaded.days if entry.is_booked and entry.day is not None]
    from kundenwert.base.as_of import day_number

    if not days or day_number(cut) - min(days) < _LEAST_DAYS:
        text = "What points are worth in money cannot be told: the log does not reach back a year before {cut}. Points stay points."
        return Calibration(cut=cut.isoformat(), verdict=Notice("calibration_short", text, {"cut": cut}))
    try:
        score, money = _year_after(project, valued, progress)
    except KundenwertError:
        text = "What points are worth in money cannot be told: the customers of {cut} could not be valued. Points stay points."
        return Calibration(cut=cut.isoformat(), verdict=Notice("calibration_failed", text, {"cut": cut}))
    return learned_of(score, money, cut.isoformat())


def learned_of(score: Any, money: Any, cut: str) -> Calibration:
    """The calibration of scores on a day and of what came in the year after; one element a customer.

    It goes by the place among all scores of the day: fewer criteria were known then, so that a score itself meant something else.
    """
    import numpy as np

    from kundenwert.stats.calibration import LEAST, curve, places, proven

    if len(score) < LEAST:
        text = (
            "What points are worth in money cannot be told: {count} customers had a score on {cut}, {least} are needed. Points stay points."
        )
        verdict = Notice("calibration_few", text, {"count": len(score), "cut": cut, "least": LEAST})
        return Calibration(cut=cut, customers=len(score), verdict=verdict)
    place = places(score)
    proof = proven(place, money, rng=np.random.default_rng(_SEED))
    told = Calibration(cut=cut, customers=len(score), skill=round(proof.skill, 6), held=round(proof.held, 6))
    if proof.sure <= 0:
        text = "What points are worth in money cannot be told: the scores of {cut} forecast the year after no better than the mean of all."
        return replace(told, verdict=Notice("calibration_no_better", text, {"cut": cut}))
    found = curve(place, money)
    shares, money_at, lower, upper = (tuple(values.tolist()) for values in (found.scores, found.mean, found.lower, found.upper))
    return replace(told, places=shares, money=money_at, lower=lower, upper=upper)


def _year_after(project: Project, valued: Valued, progress: Progress) -> tuple[Any, Any]:
    """Scores of a year ago, by what was known then, and what was booked in the year after; one element a customer."""
    from kundenwert.flows import contribution
    from kundenwert.flows.components import basis_of, open_views
    from kundenwert.flows.features import write_features
    from kundenwert.flows.ledger import open_ledger
    from kundenwert.flows.valuation import value
    from kundenwert.flows.value_table import write_customers
    from kundenwert.value.components.score import judge

    cut = valued.as_of - timedelta(days=_YEAR_DAYS)
    settings = project.settings.with_values(as_of=cut)
    with tempfile.TemporaryDirectory(prefix="kundenwert-") as name:
        scratch = Path(name)
        with open_engine(spill=scratch / "spill", memory=settings.memory or None, threads=settings.threads or None) as engine:
            _, loaded = open_ledger(engine, project.folder, project.inputs, settings, scratch=scratch, progress=progress)
            earlier = value(engine, loaded, settings, clock=valued.as_of, progress=progress)
            more = ""
            if earlier.amounts.yardstick == "contribution":
                more = contribution.build(engine, loaded, settings, project.preset, earlier).columns
            customers = scratch / "customers.parquet"
            write_customers(engine, earlier, customers, more=more)
            found = write_features(
                engine, loaded, cut, customers=customers, path=scratch / "features.parquet", progress=progress, preset=project.preset
            )
            given = open_views(engine, project, loaded, earlier, customers=customers, features=found)
            plain = replace(project.definition.criteria, money="")
            basis = basis_of("score", project, earlier, frozenset(given), Scoring(plain, until=f"{cut.isoformat()}T99"))
            judge(engine, basis)
            margin = earlier.amounts.margin if earlier.amounts.yardstick == "contribution" else None
            rows = engine.arrays("value/components/score_next_year.sql", cut=cut, days=_YEAR_DAYS, margin=margin)
            return rows["score"], rows["money"]


# ---- one customer -----------------------------------------------------------------------------------------------------


def points_of(project: Path, run: str | None, customer_id: str) -> tuple[PointsOf, ...]:
    """The points of one customer of a run (None: the current one), criterion by criterion, with what they rest on.

    Empty for who objected, for collective customers and for runs that were made without points. Raises UnknownName for an unknown customer.
    """
    source = store.read(project, run)
    file = source.folder / FILE
    with open_engine(threads=1) as engine:
        engine.open_parquet("valued_customers", [source.customers], numbered=False)
        if not engine.rows("value/one_customer.sql", customer=customer_id):
            near = [row["customer_id"] for row in engine.rows("value/near_ids.sql", customer=customer_id)]
            raise UnknownName(customer_id, f"the customers of run {source.name}; similar ids are shown", near)
        if not file.is_file() or customer_id in objectors(project):
            return ()
        engine.open_parquet("scores", [file], numbered=False)
        return points_in(engine, project, source, customer_id)


def points_in(engine: Engine, project: Path, source: store.Run, customer_id: str) -> tuple[PointsOf, ...]:
    """The same of a customer who may be judged, from view `scores`."""
    rows = engine.rows("value/components/points_of.sql", customer=customer_id)
    reasons, names = _reasons(engine, project, source, customer_id), _names(source)
    return tuple(_points(row, names, reasons) for row in rows)


def _points(row: Mapping[str, Any], names: Sequence[Criterion], reasons: Sequence[tuple[str, Reason]]) -> PointsOf:
    own = next((one for one in names if one.name == row["criterion"]), Criterion(row["criterion"]))
    facts = {name: row[name] for name in ("fact_1", "fact_2", "fact_3") if row[name] is not None}
    behind = tuple(reason for word, reason in reasons if own.is_called(word))
    return PointsOf(
        criterion=own.name,
        english=own.english or own.name,
        points=row["points"],
        provenance=row["provenance"],
        weight=row["weight"],
        basis=Notice("points", _said(row["basis"], facts), facts),
        reasons=behind if row["provenance"] in {"rating", "both"} else (),
    )


_WITHOUT_MONEY = Notice("points_history_counts", "Days as a customer: {fact_1:,.0f}, purchases: {fact_2:,.0f}.")


def _said(basis: str, facts: Mapping[str, Any]) -> str:
    """The sentence; without money the history of purchases has no amount to name."""
    from kundenwert.value.criteria import history

    return _WITHOUT_MONEY.text if basis == history.PLUGIN.basis.text and "fact_3" not in facts else basis


def _names(source: store.Run) -> tuple[Criterion, ...]:
    """The criteria of a run with all their names."""
    entries = source.manifest.get("criteria", {}).get("catalogue", {}).get("criteria", [])
    return tuple(Criterion(one["name"], one.get("english", ""), also=tuple(one.get("also", ()))) for one in entries)


def _reasons(engine: Engine, project: Path, source: store.Run, customer_id: str) -> list[tuple[str, Reason]]:
    """What people wrote, the newest first, with the name of the criterion they used. An erased person's words are gone from both places."""
    from kundenwert.flows.ledger import folder_of

    register = Register(project)
    rows = register.rows("ratings") if register.exists else []
    found = [
        (row.content["criterion"], Reason(row.by, row.at, Decimal(row.content["points"]), row.content["reason"]))
        for row in rows
        if row.content["customer_id"] == customer_id and row.at <= source.manifest["created"]
    ]
    ratings = folder_of(project) / source.manifest["ledger"] / "ratings.parquet"
    if ratings.is_file():
        engine.open_parquet("ledger_ratings", [ratings], numbered=False)
        for row in engine.rows("value/components/ratings_of.sql", customer=customer_id, as_of=source.as_of):
            found.append((row["criterion"], Reason(row["person"], row["date"].isoformat(), row["points"], row["reason"])))
    return _newest(found)


def _newest(found: Sequence[tuple[str, Reason]]) -> list[tuple[str, Reason]]:
    """Of each person and criterion the newest judgement alone: the others do not count any more."""
    ordered = sorted(found, key=lambda one: one[1].at, reverse=True)
    kept: dict[tuple[str, str], tuple[str, Reason]] = {}
    for word, reason in ordered:
        kept.setdefault((word.casefold(), reason.by.casefold()), (word, reason))
    return list(kept.values())
