"""The main job: a project's inputs become an immutable run with tables, manifest and report."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert import __version__
from kundenwert.base.as_of import day_number
from kundenwert.engines import open_engine
from kundenwert.flows import assumptions, contribution, kept_notices, proxy
from kundenwert.flows import figures as gathering
from kundenwert.flows.blocking import refuse_blocked
from kundenwert.flows.company_ledger import facts as company_facts
from kundenwert.flows.components import join_components
from kundenwert.flows.contact_data import FILE as CONTACT_ISSUES
from kundenwert.flows.contact_data import write_contact_issues
from kundenwert.flows.definitions import earlier
from kundenwert.flows.erasure import finish_erasures
from kundenwert.flows.features import write_features
from kundenwert.flows.holdout import holdout
from kundenwert.flows.learning import value_by_evidence
from kundenwert.flows.ledger import bridge_as_json, open_ledger
from kundenwert.flows.project import read
from kundenwert.flows.readiness import as_json as readiness_as_json
from kundenwert.flows.readiness import readiness
from kundenwert.flows.register import record_definition
from kundenwert.flows.value_table import write_customers
from kundenwert.records import RunFigures
from kundenwert.register.book import Register
from kundenwert.register.erased import count_objections, erased, steady
from kundenwert.runs import storage, store

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.flows.learning import Evident
    from kundenwert.flows.load import Loaded
    from kundenwert.flows.progress import Progress
    from kundenwert.flows.project import Project
    from kundenwert.flows.valuation import Valued
    from kundenwert.records.assumptions import Assumptions


@dataclass(frozen=True)
class Ran:
    """A finished run: its folder, whether it is now the current one, and its figures."""

    folder: Path
    is_current: bool
    figures: RunFigures


def run(
    folder: Path, flags: Mapping[str, Any], *, clock: datetime, progress: Progress, publish: bool = False, definition: int | None = None
) -> Ran:
    """Values the project in `folder`. clock: the time of the run, in UTC. publish: becomes current even if the current run is later.

    definition: the number of an earlier value definition to value by, in the place of what the project file says now.
    """
    project = read(folder, flags, earlier=earlier(folder, definition) if definition is not None else None)
    finish_erasures(folder, clock=clock, language=project.settings.language)
    forgotten = erased(folder) if Register(folder).exists else None
    objections = count_objections(folder)
    with store.building(folder) as building:
        engine = open_engine(
            spill=Path(project.settings.spill) if project.settings.spill else building / "spill",
            memory=project.settings.memory or None,
            threads=project.settings.threads or None,
        )
        with engine:
            name, figures = _build(engine, project, building, clock=clock, progress=progress)
        storage.remove(building / "spill")
        storage.remove(building / "scratch")
        with steady(folder, forgotten, objections=objections):
            run_name, moved = store.publish(folder, building, name=name, as_of=figures.as_of, force=publish)
    criteria = store.read(folder, run_name).manifest["criteria"]
    record_definition(folder, project.settings, clock=clock, criteria=criteria, sections=project.sections)
    return Ran(store.runs_folder(folder) / run_name, moved, figures)


def _build(engine: Engine, project: Project, building: Path, *, clock: datetime, progress: Progress) -> tuple[str, RunFigures]:
    scratch = building / "scratch"
    scratch.mkdir()
    settings = project.settings
    # Before the objections are read: a decision of the next moment belongs to the next run.
    register = Register(project.folder).state()
    ledger, loaded = open_ledger(engine, project.folder, project.inputs, settings, scratch=scratch, progress=progress)
    refuse_blocked(loaded, project.preset, engine)
    evident = value_by_evidence(engine, loaded, settings, clock=clock.date(), progress=progress)
    valued = evident.valued
    customers = building / "customers.parquet"
    contributed = None
    if valued.amounts.yardstick == "contribution":
        with progress.phase("Reckoning the customer result") as phase:
            contributed = contribution.build(engine, loaded, settings, project.preset, valued)
            phase.rows = contribution.write(engine, valued, building / contribution.FILE)
    with progress.phase("Writing the value table") as phase:
        phase.rows = write_customers(engine, valued, customers, more=contributed.columns if contributed else "")
    described = write_features(
        engine,
        loaded,
        valued.as_of,
        customers=customers,
        path=building / "features.parquet",
        progress=progress,
        preset=project.preset,
    )
    reached = write_contact_issues(engine, loaded, valued.as_of, customers=customers, path=building / CONTACT_ISSUES)
    joined = join_components(engine, project, loaded, valued, customers=customers, features=described, progress=progress)
    with progress.phase("Moving the assumptions"):
        assumed = assumptions.worth(engine, valued, customers)
    name = store.free_name(
        project.folder, clock, _fingerprint(ledger, {**settings.of_results(), "definition": project.definition.as_json()}, register)
    )
    with progress.phase("Summing up"):
        parts = gathering.gather(engine, customers, valued, settings)
        monthly = gathering.months(engine, loaded, evident)
        intervals = evident.totals(engine, settings, parts.means())
        loaded = replace(loaded, readiness=readiness(engine, loaded, valued.as_of))
        tested = holdout(engine, loaded, valued)
        _write_models(building, valued)
    tables = proxy.RunTables(building, day_number(valued.as_of))
    checked = proxy.in_run(engine, project, loaded, tables, scratch=scratch, progress=progress)
    title = settings.title or project.folder.resolve().name
    figures = gathering.run_figures(parts, monthly, loaded, evident, settings, intervals=intervals, run=name, created=clock, title=title)
    if contributed:
        graded = loaded.readiness
        totals = contribution.totals_of(contributed, graded.first if graded else None, figures.as_of, figures.currency)
        figures = replace(figures, notices=(*figures.notices, *contributed.notices), result=totals)
    figures = replace(figures, notices=(*figures.notices, *proxy.notices(checked)))
    figures = replace(figures, notices=(*figures.notices, *joined.notices), components=joined.facts, assumptions=_assumed(assumed, figures))
    with progress.phase("Writing the report"):
        _write_reports(building, figures, settings.language)
    content = _manifest(project, ledger, loaded, evident, figures, tested, building, progress)
    content["features"] = described
    content["proxies"] = proxy.as_json(checked)
    content["pseudonymised"] = project.pseudonyms is not None
    content["contact_data"] = reached
    content["definition"] = project.definition.as_json()
    content["components"] = {"columns": dict(joined.columns), "facts": dict(joined.facts), "not_added": list(joined.not_added)}
    content["criteria"] = dict(joined.criteria)
    content["contribution"] = contributed.as_json() if contributed else None
    content["assumptions"] = assumed
    storage.write_json(building / "manifest.json", {**content, "register": register, "objected": parts.of_objectors})
    return name, figures


def _assumed(section: dict[str, Any] | None, figures: RunFigures) -> Assumptions | None:
    names = ("run", "title", "as_of", "created", "version", "currency", "yardstick")
    return assumptions.told(section, **{name: getattr(figures, name) for name in names}) if section else None


def _write_models(building: Path, valued: Valued) -> None:
    for fit in valued.fits:
        storage.write_text(building / "models" / f"{fit.model.name}.json", fit.to_json() + "\n")


def _write_reports(building: Path, figures: RunFigures, language: str) -> None:
    from kundenwert import registry

    render = registry.load("reports", "customer_base")
    storage.write_text(building / "report.html", render(figures, language))


def _manifest(
    project: Project,
    ledger: str,
    loaded: Loaded,
    evident: Evident,
    figures: RunFigures,
    tested: dict[str, Any] | None,
    building: Path,
    progress: Progress,
) -> dict[str, Any]:
    valued = evident.valued
    content: dict[str, Any] = {
        "run": figures.run,
        "version": __version__,
        "created": figures.created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "title": figures.title,
        "as_of": figures.as_of.isoformat(),
        "horizon": figures.horizon,
        "value_horizon": figures.value_horizon,
        "horizon_days": valued.horizons.horizon_days,
        "value_horizon_days": valued.horizons.value_horizon_days,
        "value_is": project.definition.value_is,
        "settings": project.settings.of_results(),
        "yardstick": figures.yardstick,
        "currency": figures.currency,
        "amounts": valued.amounts.values(),
        "estimated_contribution_share": valued.amounts.estimated_share,
        "inputs": [asdict(entry) for entry in figures.files],
        "mapping": [[dict(guess) for guess in entry.guesses] for entry in loaded.files],
        "ledger": ledger,
        "readiness": readiness_as_json(loaded.readiness) if loaded.readiness else None,
        "company": company_facts(loaded.company) if loaded.company else None,
        # What the run was made with, and what totals count for those who objected: filled in by the caller.
        "register": None,
        "objected": None,
        "contribution": None,
        "reconciliation": bridge_as_json(figures.reconciliation),
        "reversals": _with_text(asdict(valued.matched)) if valued.matched else None,
        "totals": _with_text(asdict(figures.totals)),
        "concentration": _concentration(figures),
        "at_risk": {"customers": figures.at_risk_count, "loss": str(figures.at_risk_loss)},
        "intervals": [asdict(one) for one in figures.intervals],
        "models": [asdict(card) for card in figures.models],
        "backtest": _with_text(asdict(evident.backtest)),
        "holdout": tested,
        "warnings": [kept_notices.as_json(notice) for notice in figures.notices],
        "tables": {path.name: _hash(path) for path in sorted(building.glob("*.parquet"))},
    }
    return {**content, "timings": progress.timings(), "peak_memory_mb": peak_memory_mb()}


def _concentration(figures: RunFigures) -> dict[str, Any]:
    spread = figures.concentration
    classes = {entry.name: {"customers": entry.customers, "value": str(entry.value), "share": entry.share} for entry in spread.classes}
    return {"measure": spread.measure, "gini": spread.gini, "hhi": spread.hhi, "whale_peak": list(spread.whale_peak), "classes": classes}


def _with_text(content: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(content, default=str))
    return plain


def _fingerprint(ledger: str, settings: dict[str, Any], register: dict[str, Any] | None) -> str:
    return hashlib.sha256(json.dumps([ledger, settings, register, __version__], sort_keys=True).encode()).hexdigest()


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def peak_memory_mb() -> int | None:
    """The most memory this process has used, in MB; None where the system does not say (Windows)."""
    if sys.platform == "win32":
        return None
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1 << 20) if sys.platform == "darwin" else peak / (1 << 10))
