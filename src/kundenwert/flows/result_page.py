"""The screen of the customer result: contribution I to IV with the year before, who costs more than they bring and what would change it,
and the way from each figure to the customers and records behind it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert.engines import open_engine
from kundenwert.engines._engine import Reading
from kundenwert.errors import CallError, UnknownName
from kundenwert.flows import contribution
from kundenwert.flows.customer_lines import lines_of
from kundenwert.flows.index import kept
from kundenwert.flows.ledger import folder_of
from kundenwert.flows.objection import load_objectors, objectors
from kundenwert.flows.sections import plain
from kundenwert.runs import store

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.records import CustomerResult, LossMaker, ResultLine
    from kundenwert.reports.language import Language

LOSS_MAKERS, BEHIND = 50, 100
# What screens show of the sections of the report; the losses have a table of their own.
_OWN = "losses"


def has_result(project: Path, run: str) -> bool:
    """Whether a run knows costs at all."""
    return store.read(project, run).manifest.get("contribution") is not None


def result_page(project: Path, run: str, language: Language, year: int | None = None, *, all_years: bool = False) -> dict[str, Any]:
    """The page in the reader's language. year: a calendar year; without one the last whole one, else all years.

    message, lead: of the page. years: to choose from; year: shown, None for all; is_last: it is the last whole one. sections: of
    flows.sections. losses: customers, amount and excess of all loss makers; makers: the largest, see `_maker`. Raises StorageError
    without costs, CallError for a year that the run does not have.
    """
    source = store.read(project, run)
    shown = None if all_years else year if year is not None else contribution.whole_year_of(source)
    name = f"result.4-{shown or 'all'}-{language.code}-{language.figures}"
    return kept(project, run, name, lambda: _made(project, run, language, shown))


def _made(project: Path, run: str, language: Language, year: int | None) -> dict[str, Any]:
    from kundenwert.reports import _pictures, _result_losses, _result_steps, _result_trust, _result_yardsticks
    from kundenwert.reports._result_basis import ResultBasis

    found = contribution.result(project, run=run, year=year, count=LOSS_MAKERS)
    basis = ResultBasis(found, language)
    with _pictures.undrawn():
        sections = (
            _result_steps.section(basis),
            *(_result_losses.levers(basis) if found.is_served else ()),
            *(one for one in _result_losses.sections(basis)),
            *_result_yardsticks.sections(basis),
            _result_steps.tied(basis),
            *_result_trust.sections(basis),
        )
        told = {one["key"]: one for one in plain(sections)}
    listed = [*(one.customer_id for one in found.loss_makers), *(one.customer_id for one in found.movers)]
    names = names_of(project, run, listed)
    _led(told, _steps(basis), found, names)
    return {
        "message": _result_steps.message(basis),
        "lead": _result_steps.lead(basis),
        "year": year,
        "is_last": year is not None and year == contribution.whole_year_of(store.read(project, run)),
        "years": list(found.years),
        "is_served": found.is_served,
        "period": basis.period,
        "before": basis.before,
        "steps": _steps(basis),
        "losses_message": told[_OWN]["message"] if _OWN in told else "",
        "losses_note": told[_OWN]["note"] if _OWN in told else "",
        "sections": [one for key, one in told.items() if key != _OWN],
        "losses": {**_losses(found), "unlisted": unlisted_losses(project, run, year)},
        "makers": [_maker(one, names.get(one.customer_id), language) for one in found.loss_makers],
    }


def _steps(basis: Any) -> list[dict[str, Any]]:
    """The known steps by name: where a figure of the waterfall leads to."""
    return [{"name": step.name, "label": step.label, "amount": str(step.amount), "is_sum": step.is_sum} for step in basis.steps()]


def _led(told: dict[str, Any], steps: list[dict[str, Any]], found: CustomerResult, names: dict[str, str]) -> None:
    """Notes where figures lead to: rows of the waterfall with the name of their `step`, customers of the table of movers, by name."""
    for block in told["steps"]["blocks"]:
        if block["kind"] == "table":
            for row, one in zip(block["rows"], steps, strict=False):
                row["step"] = one["name"]
    tables = [block for block in told.get("movers", {"blocks": []})["blocks"] if block["kind"] == "table"]
    for table in tables:
        for row, mover in zip(table["rows"], found.movers, strict=False):
            cell = row["cells"][0]
            cell["customer"] = mover.customer_id
            if name := names.get(mover.customer_id):
                cell.update(text=name, full="", below=mover.customer_id)


def _losses(found: CustomerResult) -> dict[str, Any]:
    excess = sum((row[3] for row in found.losses), Decimal(0))
    return {"customers": found.totals.below_zero, "amount": str(found.totals.loss), "excess": str(excess), "left_out": found.left_out}


def unlisted_losses(project: Path, run: str, year: int | None) -> int:
    """How many of the customers below zero stand in no list: who objected, and who has cost and never bought."""
    source = store.read(project, run)
    with open_engine(threads=1) as engine:
        engine.open_parquet("contribution", [source.folder / contribution.FILE], numbered=False)
        engine.open_parquet("valued_customers", [source.customers], numbered=False)
        load_objectors(engine, objectors(project))
        engine.table("left_out", "value/contribution/objectors.sql")
        return int(engine.rows("value/contribution/unlisted_losses.sql", year=year)[0]["customers"])


# ---------- who costs more than they bring ----------


def _maker(one: LossMaker, name: str | None, language: Language) -> dict[str, Any]:
    """avoidable: what is above the usual in all causes; unavoidable: what the same causes cost comparable customers too. gain: what the
    main lever would bring, everything else unchanged. causes: each cost with the usual one, what is above it, and its lever in words.
    """
    cost = sum((cause.cost for cause in one.causes), Decimal(0))
    money = {key: str(getattr(one, key)) for key in ("gross", "net", "db1", "db2", "db3", "db4", "avoidable")}
    causes = [
        {
            "cause": cause.cause,
            "cost": str(cause.cost),
            "usual": str(cause.usual),
            "excess": str(cause.excess),
            "lever": language.notice(cause.lever),
            "key": cause.lever.key,
        }
        for cause in one.causes
    ]
    gain = _gain(one)
    return {
        "customer_id": one.customer_id,
        "name": name,
        **money,
        "unavoidable": str(cost - one.avoidable),
        "cause": one.cause,
        "lever": language.notice(one.lever),
        "lever_key": one.lever.key,
        "gain": None if gain is None else str(gain),
        "causes": causes,
    }


def _gain(one: LossMaker) -> Decimal | None:
    """The main lever brings the customer to zero, or as far as the usual cost goes; None where no cost is above the usual."""
    first = one.causes[0]
    if first.excess <= 0:
        return None
    return min(first.excess, -one.db4) if first.target is None else -one.db4


def names_of(project: Path, run: str, customers: Iterable[str]) -> dict[str, str]:
    """The names of some customers where the customer records have them."""
    wanted = list(customers)
    ledger = folder_of(project) / store.read(project, run).manifest["ledger"]
    path = ledger / "customers.parquet"
    if not wanted or not path.is_file():
        return {}
    with open_engine() as engine:
        engine.open_parquet("ledger_customers", [path], numbered=False)
        rows = engine.rows("value/screens/names_of.sql", wanted=wanted)
    return {row["customer_id"]: row["name"] for row in rows if row["name"]}


# ---------- behind a figure ----------


def customers_behind(project: Path, run: str, step: str, year: int | None) -> dict[str, Any]:
    """The customers with the largest amounts in one step. customers: how many have any. Raises UnknownName for an unknown step."""
    if step not in contribution.STEPS:
        raise UnknownName(step, "the steps of the customer result", contribution.STEPS)
    return kept(project, run, f"behind-{step}-{year or 'all'}", lambda: _behind(project, run, step, year))


def _behind(project: Path, run: str, step: str, year: int | None) -> dict[str, Any]:
    source = store.read(project, run)
    section = contribution.section_of(source)
    years = sorted({row["year"] for row in section["owners"] if row["year"] is not None})
    if year is not None and year not in years:
        raise CallError(f"Run {run} has nothing of the year {year}. Available: {', '.join(map(str, years))}.")
    with open_engine() as engine:
        _open_step(engine, project, source, step)
        rows = engine.rows("value/screens/step_customers.sql", year=year, count=BEHIND)
    names = names_of(project, run, [row["customer_id"] for row in rows])
    shown = [{"customer_id": row["customer_id"], "name": names.get(row["customer_id"]), "amount": str(row["amount"])} for row in rows]
    total = next(one for one in contribution.steps_of(_owners(section, year)) if one.name == step)
    return {
        "step": step,
        "year": year,
        "years": years,
        "total": None if total.customers is None else str(total.customers),
        "customers": rows[0]["customers"] if rows else 0,
        "rows": shown,
    }


def _open_step(engine: Engine, project: Path, source: store.Run, step: str) -> None:
    engine.open_parquet("contribution", [source.folder / contribution.FILE], numbered=False)
    engine.open_parquet("valued_customers", [source.customers], numbered=False)
    load_objectors(engine, objectors(project))
    engine.table("left_out", "value/contribution/objectors.sql")
    columns = {"customer_id": Reading(("customer_id",)), "year": Reading(("year",)), "amount": Reading((step,))}
    engine.project("step_amounts", "contribution", columns)


def _owners(section: dict[str, Any], year: int | None) -> list[dict[str, Any]]:
    rows = [row for row in section["owners"] if year is None or row["year"] == year]
    return [{**row, **{name: None if row[name] is None else Decimal(row[name]) for name in contribution.STEPS}} for row in rows]


def records_behind(project: Path, run: str, customer_id: str, year: int | None) -> dict[str, Any]:
    """Every record behind the result of one customer, by figure; see records.ResultLines. Raises UnknownName for who objected, too."""
    if customer_id in objectors(project):
        raise UnknownName(customer_id, f"the customer result of run {run}", [])
    found = lines_of(project, customer_id, year=year, run=run)
    figures = [
        {
            "name": name,
            "amount": None if found.figures.get(name) is None else str(found.figures[name]),
            "lines": [_line(line) for line in found.of(name)],
        }
        for name in contribution.STEPS
        if found.figures.get(name) is not None
    ]
    name = names_of(project, run, [found.customer_id]).get(found.customer_id)
    section = contribution.section_of(store.read(project, run))
    years = sorted({row["year"] for row in section["owners"] if row["year"] is not None})
    return {"customer_id": found.customer_id, "name": name, "year": year, "years": years, "figures": figures, "count": len(found.lines)}


def _line(line: ResultLine) -> dict[str, Any]:
    exact = {key: None if getattr(line, key) is None else str(getattr(line, key)) for key in ("units", "rate", "amount")}
    about = {key: getattr(line, key) for key in ("source", "file", "record", "what", "mark")}
    return {"day": line.day.isoformat() if line.day else None, **about, **exact}
