"""One customer: history from the ledger, line by line how the value comes about, why it changed, and what would change it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert.base.as_of import day_number, day_of
from kundenwert.engines import open_engine
from kundenwert.errors import UnknownName
from kundenwert.flows import contribution
from kundenwert.flows.customer_data import data_of
from kundenwert.flows.customer_reasons import change_of, fit_of, what_ifs
from kundenwert.flows.ledger import folder_of
from kundenwert.flows.objection import objectors
from kundenwert.flows.pseudonyms import known_as
from kundenwert.flows.scores import points_of
from kundenwert.records import Course, Document, Explained, Part, Quarter, ResultStep, ResultTotals, Said
from kundenwert.runs import store
from kundenwert.settings import Duration
from kundenwert.value.components import components

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kundenwert.engines._engine import Engine


# A quarter of a year, in days.
_QUARTER_DAYS = 365.25 / 4
_CENT = Decimal("0.01")


def customer(project: Path, customer_id: str, *, run: str | None = None) -> Explained:
    """Explains one customer of a run. Raises UnknownName with similar ids if there is none."""
    source, customer_id = store.read(project, run), known_as(project, customer_id)
    with open_engine() as engine:
        engine.remember("collective", list(source.manifest["settings"]["collective"]))
        engine.open_parquet("valued_customers", [source.customers], numbered=False)
        found = engine.rows("value/one_customer.sql", customer=customer_id)
        if not found:
            near = [row["customer_id"] for row in engine.rows("value/near_ids.sql", customer=customer_id)]
            raise UnknownName(customer_id, f"the customers of run {source.name}; similar ids are shown", near)
        engine.open_parquet("ledger_lines", [folder_of(project) / source.manifest["ledger"] / "transactions.parquet"], numbered=False)
        engine.view("booked", "tables/booked_from_ledger.sql")
        asked = {"customer": customer_id, "as_of": day_number(source.as_of)}
        documents = engine.rows("base/history.sql", **asked)
        row, years = found[0], engine.rows("base/years.sql", **asked)
        parts = parts_of(source, row, years)
        if customer_id in objectors(project) or row["level"] == "objected":
            row, parts = without_forecast(source, row), [part for part in parts if part.kind in {"booked", "cost"}]
        told = _told(engine, project, source, row)
        course = course_of(source, row, engine.rows("base/quarters.sql", **asked))
        data = data_of(engine, project, source, customer_id)
    return Explained(
        row=row,
        history=tuple(Document(day_of(line.pop("day")), **line) for line in documents),
        parts=tuple(parts),
        basis=basis_of(source),
        factors=dict(source.manifest["amounts"]),
        course=course,
        data=data,
        **told,
    )


def without_forecast(source: store.Run, row: dict[str, Any]) -> dict[str, Any]:
    """The row of a customer who objected, perhaps since the run was made: no forecast, and nothing that components said."""
    forecast = ("p_alive", "expected_", "clv")
    judged = source.manifest.get("components", {}).get("columns", {})
    kept = {name: None if name.startswith(forecast) else value for name, value in row.items() if name not in judged}
    return {**kept, "value": row["past"], "level": "objected"}


def basis_of(source: store.Run) -> dict[str, Any]:
    """What every figure of a customer rests on."""
    names = ("run", "as_of", "horizon", "value_horizon", "yardstick", "currency", "title", "created", "version")
    content = {name: source.manifest[name] for name in names}
    model = source.manifest["models"][0]["name"]
    top = source.manifest.get("definition", {}).get("options", {}).get("top_chance", {}).get("share")
    return {**content, "discount_rate": source.manifest["settings"]["discount_rate"], "model": model, "top_share": top}


def _told(engine: Engine, project: Path, source: store.Run, row: dict[str, Any]) -> dict[str, Any]:
    """What stands beside the sum: contribution, components, points, place, reasons. Of who objected the contribution alone."""
    customer_id = row["customer_id"]
    result, drivers = result_of(engine, source, customer_id)
    if row["level"] not in {"customer", "segment"}:
        return {"result": result}
    points = points_of(project, source.name, customer_id)
    place = engine.rows("value/place_of.sql", customer=customer_id)
    return {
        "result": result,
        "said": said_of(source, row),
        "points": points,
        "place": (place[0]["above"], place[0]["customers"]) if place else None,
        "change": change_of(engine, project, source, row),
        "what_ifs": what_ifs(source, row, points, result, drivers),
    }


def said_of(source: store.Run, row: dict[str, Any]) -> tuple[Said, ...]:
    """The sentences of the components the run was made with, as far as its value table still fits them."""
    adds = source.manifest.get("definition", {}).get("adds", ())
    told = source.manifest.get("components", {}).get("facts", {})
    found = []
    for name, component in components().items():
        if name in told and set(component.columns) <= set(row) and (sentence := component.line(row)):
            found.append(Said(name, component.title, component.standing, sentence, added=name in adds))
    return tuple(found)


def result_of(
    engine: Engine, source: store.Run, customer_id: str, *, is_open: bool = False
) -> tuple[ResultTotals | None, dict[str, Any] | None]:
    """Contribution I to IV of the customer in the last whole year, else of all years, and what was counted in that year.

    is_open: view `contribution` is there already.
    """
    section, path = source.manifest.get("contribution"), source.folder / contribution.FILE
    if section is None or not path.is_file():
        return None, None
    if not is_open:
        engine.open_parquet("contribution", [path], numbered=False)
    year = contribution.whole_year_of(source)
    figures = engine.rows("value/contribution/figures_of.sql", customer=customer_id, year=year)
    if not figures:
        return None, None
    before = engine.rows("value/contribution/figures_of.sql", customer=customer_id, year=year - 1) if year else []
    first, last = (date(year, 1, 1), date(year, 12, 31)) if year else (None, source.as_of)
    steps = [tuple(ResultStep(name, amount, None) for name, amount in row.items()) for row in (*figures, *before)]
    totals = ResultTotals(year, first, last, source.manifest["currency"], steps[0], steps[1] if before else ())
    drivers = engine.rows("value/contribution/drivers_of.sql", customer=customer_id, year=year) if year else []
    return totals, drivers[0] if drivers else None


def course_of(source: store.Run, row: dict[str, Any], rows: Sequence[dict[str, Any]]) -> Course | None:
    """Every quarter from the first purchase to the as-of day, and the mean quarter of the horizon with its bounds."""
    if not rows:
        return None
    known = {one["first"]: one for one in rows}
    quarters, first = [], min(known)
    in_money = row["revenue"] is not None
    while first <= source.as_of:
        own, following = known.get(first, {}), Duration(3, "m").after(first)
        revenue = (own.get("revenue") or Decimal(0)) if in_money else None
        quarters.append(Quarter(first, own.get("purchases", 0), revenue, complete=following <= source.as_of + timedelta(days=1)))
        first = following
    measure = "expected_revenue" if in_money else "expected_purchases"
    share = _QUARTER_DAYS / float(source.manifest["horizon_days"])
    ends = (row[measure], row.get(f"{measure}_lower"), row.get(f"{measure}_upper"))
    expected, lower, upper = (None if end is None else float(end) * share for end in ends)
    return Course(tuple(quarters), source.manifest["currency"], in_money, source.manifest["horizon"], expected, lower, upper)


def parts_of(source: store.Run, row: dict[str, Any], years: Sequence[dict[str, Any]]) -> list[Part]:
    """The lines that add up to the value. years: year, sale_days and revenue, as base/years.sql has them."""
    if row["past"] is None:
        return []
    booked = _to_cents([year["revenue"] or Decimal(0) for year in years], row["revenue"])
    parts = [Part("booked", str(year["year"]), amount, float(year["sale_days"])) for year, amount in zip(years, booked, strict=True)]
    if row["past"] != row["revenue"]:
        parts.append(Part("cost", "", row["past"] - row["revenue"]))
    if row["clv"]:
        parts += _expected(source, row)
    return [*parts, *_added(source, row)]


def _added(source: store.Run, row: dict[str, Any]) -> list[Part]:
    """What the value definition of the run adds to past and clv, component by component."""
    known, adds = components(), source.manifest.get("definition", {}).get("adds", ())
    found = [Part("added", known[name].title, row.get(known[name].amount)) for name in adds if name in known]
    return [part for part in found if part.amount]


def _expected(source: store.Run, row: dict[str, Any]) -> list[Part]:
    """The clv by year from the as-of day on: the forecast's discounted purchases of each year share the clv to the cent."""
    ends = _year_ends(source)
    purchases = _discounted(source, row, ends)
    total = purchases[-1]
    steps = [later - earlier for earlier, later in zip([0.0, *purchases[:-1]], purchases, strict=True)]
    shares = [Decimal(step / total if total else 0) * row["clv"] for step in steps]
    spans = [
        f"{source.as_of + timedelta(days=start + 1)}/{source.as_of + timedelta(days=end)}"
        for start, end in zip([0, *ends[:-1]], ends, strict=True)
    ]
    return [Part("expected", span, amount, step) for span, amount, step in zip(spans, _to_cents(shares, row["clv"]), steps, strict=True)]


def _year_ends(source: store.Run) -> list[int]:
    horizon = int(source.manifest["value_horizon_days"])
    ends = [Duration(number, "y").days(source.as_of) for number in range(1, horizon // 365 + 1)]
    inside = [end for end in ends if end < horizon]
    return [*inside, horizon]


def _discounted(source: store.Run, row: dict[str, Any], ends: Sequence[int]) -> list[float]:
    """Discounted expected purchases of the customer up to each day of `ends`, from the run's own fit."""
    from kundenwert.records import Horizons

    fit = fit_of(source).fitted
    history = _history_of(fit, row)
    rate = source.manifest["settings"]["discount_rate"]
    scale = _scale(fit, history, row, float(source.manifest["horizon_days"]))
    return [scale * float(fit.forecast_histories(history, Horizons(float(end), float(end), rate)).discounted_purchases[0]) for end in ends]


def _scale(fit: Any, history: Any, row: dict[str, Any], horizon: float) -> float:
    """What the forecast of `history` is multiplied by: a constant rate is known from the row, its history is not kept."""
    from kundenwert.records import Horizons

    if fit.model.name != "recent_rate":
        return 1.0
    shown = float(fit.forecast_histories(history, Horizons(horizon, horizon, 0.0)).expected_purchases[0])
    return float(row["expected_purchases"]) / shown if shown else 1.0


def _history_of(fit: Any, row: dict[str, Any]) -> Any:
    import numpy as np

    from kundenwert.records import Histories

    one = np.ones(1, dtype=np.int64)
    if fit.model.name == "recent_rate":
        # The rate is constant: the shape over time is the same for every customer.
        from kundenwert.models.purchases.recent_rate import RecentHistories

        return RecentHistories(one, np.array([365.25]), one)
    return Histories(one * row["frequency"], np.array([float(row["recency"])]), np.array([float(row["T"])]), one)


def _to_cents(amounts: Sequence[Decimal], total: Decimal) -> list[Decimal]:
    """Amounts in cents by largest remainder, so that they add up to `total`."""
    floors = [amount.quantize(_CENT, rounding=ROUND_FLOOR) for amount in amounts]
    missing = int((total - sum(floors, Decimal(0))) / _CENT)
    order = sorted(range(len(amounts)), key=lambda place: (floors[place] - amounts[place], place))
    for place in order[:missing]:
        floors[place] += _CENT
    return floors
