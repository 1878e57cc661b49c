"""One customer: history from the ledger, and line by line how the value comes about."""

from __future__ import annotations

from datetime import timedelta
from decimal import ROUND_FLOOR, Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert.base.as_of import day_number, day_of
from kundenwert.engines import open_engine
from kundenwert.errors import UnknownName
from kundenwert.flows.ledger import folder_of
from kundenwert.flows.objection import objectors
from kundenwert.flows.pseudonyms import known_as
from kundenwert.records import Document, Explained, Part
from kundenwert.runs import store
from kundenwert.settings import Duration

if TYPE_CHECKING:
    from collections.abc import Sequence


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
        as_of = day_number(source.as_of)
        documents = engine.rows("base/history.sql", customer=customer_id, as_of=as_of)
        years = engine.rows("base/years.sql", customer=customer_id, as_of=as_of)
        parts = _parts(source, found[0], years)
    row = found[0]
    if customer_id in objectors(project):
        row, parts = _without_forecast(row), [part for part in parts if part.kind != "expected"]
    return Explained(
        row=row,
        history=tuple(Document(day_of(row.pop("day")), **row) for row in documents),
        parts=tuple(parts),
        basis=_basis(source),
        factors=dict(source.manifest["amounts"]),
    )


def _without_forecast(row: dict[str, Any]) -> dict[str, Any]:
    """The row of a customer who objected, perhaps since the run was made."""
    forecast = ("p_alive", "expected_", "clv")
    kept = {name: None if name.startswith(forecast) else value for name, value in row.items()}
    return {**kept, "value": row["past"], "level": "objected"}


def _basis(source: store.Run) -> dict[str, Any]:
    names = ("run", "as_of", "horizon", "value_horizon", "yardstick", "currency", "title")
    return {**{name: source.manifest[name] for name in names}, "discount_rate": source.manifest["settings"]["discount_rate"]}


def _parts(source: store.Run, row: dict[str, Any], years: Sequence[dict[str, Any]]) -> list[Part]:
    if row["past"] is None:
        return []
    booked = _to_cents([year["revenue"] or Decimal(0) for year in years], row["revenue"])
    parts = [Part("booked", str(year["year"]), amount, float(year["sale_days"])) for year, amount in zip(years, booked, strict=True)]
    if row["past"] != row["revenue"]:
        parts.append(Part("cost", "", row["past"] - row["revenue"]))
    if row["clv"]:
        parts += _expected(source, row)
    return parts


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
    from kundenwert.models._base import Fitted
    from kundenwert.records import Horizons

    fit = Fitted.from_json((source.folder / "models" / f"{source.manifest['models'][0]['name']}.json").read_text(encoding="utf-8"))
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
