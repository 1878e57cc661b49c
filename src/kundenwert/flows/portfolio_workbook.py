"""The workbook of portfolio and points: every customer with the points of a run, to look at and to rate in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert import registry
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Reading
from kundenwert.errors import CallError, Problem, StorageError
from kundenwert.flows.company_tables import open_nothing
from kundenwert.flows.components import load_ratings
from kundenwert.flows.ledger import folder_of
from kundenwert.flows.objection import ERASED, load_objectors, objectors
from kundenwert.flows.scores import FILE as SCORES
from kundenwert.records import Criterion
from kundenwert.records.portfolio_workbook import PortfolioWorkbook, ScoredCriterion
from kundenwert.runs import storage, store
from kundenwert.value.criteria import rules

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kundenwert.engines._engine import Engine

# The rows of a sheet of Excel, less what stands above the customers.
MOST_CUSTOMERS = 1_048_576 - 5
_MOST_RATINGS = 1_000_000
BARRED = "Not judged: this is for companies only."
# What the sheets show of the value table, with the type of a column that a run does not know.
_COLUMNS = {
    "class": "varchar",
    "stage": "varchar",
    "value": "decimal(18, 2)",
    "clv": "decimal(18, 2)",
    "score": "double",
    "coverage": "double",
    "score_ideational": "double",
    "score_money": "decimal(18, 2)",
    "conflict": "varchar",
    "portfolio": "varchar",
    "attractiveness": "double",
    "position": "double",
}


def write_portfolio_workbook(project: Path, out: Path, *, run: str | None = None, language: str = "de") -> str:
    """Writes the workbook of a run, whole or not at all; returns the name of the run.

    Raises StorageError for a run without points, CallError for more customers than a sheet can hold.
    """
    found = gather(project, run=run)
    with storage.told(out):
        out.parent.mkdir(parents=True, exist_ok=True)
    with storage.building(out.parent, "report") as building:
        made = building / out.name
        with storage.told(made):
            registry.load("reports", "portfolio_workbook")(found, made, lang=language)
        with storage.told(out):
            storage.rename(made, out)
    return str(found.manifest["run"])


def gather(project: Path, *, run: str | None = None, most: int = MOST_CUSTOMERS) -> PortfolioWorkbook:
    """The data of the workbook. most: as many customers a sheet can hold."""
    source = store.read(project, run)
    criteria = criteria_of(source)
    with open_engine() as engine:
        has_portfolio = open_customers(engine, project, source)
        rows = engine.table("workbook_customers", "value/portfolio_workbook/customers.sql", erased=ERASED)
        if rows > most:
            came = f"{rows:,} customers do not fit a sheet of Excel ({most:,} rows)."
            raise CallError(f"{came} `kundenwert export` writes the values as .csv or .parquet.")
        scored = [_scored(engine, one, _share(one, criteria), rows) for one in criteria]
        columns = engine.arrays("value/portfolio_workbook/rows.sql")
        return PortfolioWorkbook(
            manifest=source.manifest,
            columns=columns,
            criteria=tuple(scored),
            ratings=_ratings(engine, project, source, criteria),
            has_portfolio=has_portfolio and any(field is not None for field in columns["portfolio"].tolist()),
            money_rule=str(source.manifest["criteria"]["catalogue"].get("money") or ""),
            **_limits(source),
        )


def criteria_of(source: store.Run) -> tuple[Criterion, ...]:
    """The criteria a run judged customers on, those that weigh first. Raises StorageError for a run without points."""
    entries = source.manifest.get("criteria", {}).get("catalogue", {}).get("criteria", [])
    if not entries or not (source.folder / SCORES).is_file():
        came = f"Run {source.name} has no points."
        raise StorageError(Problem(came, "a run that judged customers on criteria.", "make a new run with `kundenwert run DIR`."))
    found = [_criterion(entry) for entry in entries]
    return tuple(sorted(found, key=lambda one: not one.weight))


def _criterion(entry: Mapping[str, Any]) -> Criterion:
    exact = {name: Decimal(entry[name]) for name in ("weight", "most") if entry.get(name) is not None}
    return Criterion(**{**entry, **exact, "also": tuple(entry.get("also", ()))})


def _share(one: Criterion, criteria: tuple[Criterion, ...]) -> float:
    total = sum((each.weight for each in criteria), Decimal(0))
    return float(one.weight / total) if total else 0.0


def open_customers(engine: Engine, project: Path, source: store.Run) -> bool:
    """Opens the judged customers of a run with what the sheets show of them (`workbook_columns`), their names, who objected by now, and
    their points (`scores`). Gives whether the run has a portfolio."""
    engine.open_parquet("valued_customers", [source.customers], numbered=False)
    engine.remember("collective", list(source.manifest["settings"]["collective"]))
    engine.view("judged", "value/components/judged.sql")
    there = engine.columns("judged")
    shown = {name: Reading((name,) if name in there else (), type=kind) for name, kind in _COLUMNS.items()}
    engine.project("workbook_columns", "judged", {"customer_id": Reading(("customer_id",)), **shown})
    load_objectors(engine, objectors(project))
    ledger = folder_of(project) / source.manifest["ledger"]
    for name in ("customers", "ratings"):
        if (file := ledger / f"{name}.parquet").is_file():
            engine.open_parquet(f"ledger_{name}", [file], numbered=False)
        else:
            open_nothing(engine, name)
    engine.open_parquet("scores", [source.folder / SCORES], numbered=False)
    return "portfolio" in there


def _scored(engine: Engine, criterion: Criterion, share: float, rows: int) -> ScoredCriterion:
    import numpy as np

    found = engine.arrays("value/portfolio_workbook/points.sql", criterion=criterion.name, barred=BARRED)
    place = np.ma.getdata(found["place"]).astype(np.int64)
    points: Any = np.ma.array(np.zeros(rows), mask=np.ones(rows, dtype=bool))
    points[place] = found["points"]
    look = np.full(rows, "open", dtype=object)
    kind = np.ma.getdata(found["provenance"]).astype(object)
    look[place] = np.where(np.ma.getdata(found["is_barred"]).astype(bool), "barred", np.where(kind == "missing", "open", kind))
    counts = Counter(look.tolist())
    return ScoredCriterion(criterion, share, points, look, ratable(criterion, look, points), counts)


def ratable(criterion: Criterion, look: NDArray[Any], points: Any) -> NDArray[Any]:
    """Whether a rating would count: where data tell nothing, where both count, and where nobody came by recommendation yet; shape (n,)."""
    import numpy as np

    rule = rules().get(criterion.rule)
    found = (look != "data") & (look != "barred")
    if rule is not None and rule.combines:
        found = look != "barred"
    if criterion.rule == "recommendation":
        found = found | ((look == "data") & (np.ma.filled(points, -1.0) == 0))
    return np.asarray(found, dtype=bool)


def _ratings(engine: Engine, project: Path, source: store.Run, criteria: tuple[Criterion, ...]) -> Mapping[str, Any]:
    load_ratings(engine, project)
    words = {name.strip().lower(): one.name for one in criteria for name in one.names}
    engine.load("criteria_words", {"word": list(words), "criterion": list(words.values())})
    asked = {"until": source.manifest["created"], "as_of": source.as_of, "most": _MOST_RATINGS}
    return engine.arrays("value/portfolio_workbook/ratings.sql", **asked)


def _limits(source: store.Run) -> dict[str, Any]:
    portfolio = source.manifest.get("components", {}).get("facts", {}).get("portfolio", {})
    score = source.manifest.get("definition", {}).get("options", {}).get("score", {})
    low, high = portfolio.get("limits", (10 / 3, 20 / 3))
    least = float(score.get("least_coverage", 0.6))
    return {"limit": float(portfolio.get("limit", 5.0)), "limits": (float(low), float(high)), "least_coverage": least}
