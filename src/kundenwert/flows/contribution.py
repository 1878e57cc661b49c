"""The customer result: contribution I to IV per customer and year, tied to the ledger; losses with cause and lever; yardsticks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert import sources
from kundenwert.engines import open_engine
from kundenwert.errors import Bug, CallError, Problem, StorageError
from kundenwert.flows.company_tables import open_nothing
from kundenwert.flows.objection import load_objectors, objectors
from kundenwert.flows.presets import Driver, Preset, load_rates
from kundenwert.records import CustomerResult, LossCause, LossMaker, Notice, RankChange, ResultStep, ResultTotals, Yardstick
from kundenwert.runs import store
from kundenwert.value.concentration import concentration

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.flows.load import Loaded
    from kundenwert.flows.valuation import Valued
    from kundenwert.settings import Settings

FILE = "contribution.parquet"
# Each figure in the order of the scheme (value-models.md 3.2).
STEPS = (
    "gross", "discount", "bonus", "revenue", "cash_discount", "net", "goods", "db1",
    "marketing", "db2", "sales", "db3", "service", "logistics", "db4",
)  # fmt: skip
SERVED = STEPS[STEPS.index("marketing") :]
YARDSTICKS = ("revenue", "db1", "db2", "db3", "db4")
_CENT = Decimal("0.01")
_TOP = 20


@dataclass(frozen=True)
class Contribution:
    """What a run found out; the rows stand in the engine as `contribution`, sums by customer as `contribution_by_customer`.

    is_served: something is known of cost to serve; otherwise the scheme ends at contribution I. owners, drivers, yardsticks,
    losses: rows for the manifest.
    """

    is_served: bool
    preset: Preset | None
    owners: tuple[dict[str, Any], ...]
    drivers: tuple[dict[str, Any], ...]
    yardsticks: tuple[Yardstick, ...]
    losses: tuple[tuple[str, int, Decimal, Decimal], ...]
    notices: tuple[Notice, ...]

    @property
    def columns(self) -> str:
        """The step that gives the value table its columns db1 .. db4."""
        return "value/contribution/with_steps.sql" if self.is_served else "value/contribution/with_first_step.sql"

    def as_json(self) -> dict[str, Any]:
        """The section `contribution` of a manifest: sums only, no customer is named. Money is exact text."""
        return {
            "is_served": self.is_served,
            "preset": _preset_as_json(self.preset),
            "steps": [{"name": step.name, **_texts(vars(step)), "company": _text(step.company)} for step in steps_of(self.owners)],
            "owners": [_texts(row) for row in self.owners],
            "drivers": [_texts(row) for row in self.drivers],
            "yardsticks": [_texts(vars(one)) for one in self.yardsticks],
            "losses": [_texts(dict(zip(("cause", "customers", "db4", "excess"), row, strict=True))) for row in self.losses],
        }


def build(engine: Engine, loaded: Loaded, settings: Settings, preset: Preset | None, valued: Valued) -> Contribution:
    """Makes `contribution` from the ledger open in `engine`, where costs or a margin are known (the yardstick is contribution)."""
    open_steps(engine, settings.margin, preset, valued.as_of, has_tables=loaded.company is not None)
    served, may_be_twice = book(engine)
    _check_tie(engine, valued)
    owners = tuple(engine.rows("value/contribution/owners.sql", year=None))
    drivers = tuple(engine.rows("value/contribution/drivers.sql"))
    _open_period(engine, None)
    yardsticks, losses = _yardsticks(engine), _losses(engine) if served else ()
    notices = tuple(one.in_currency(valued.currency) for one in _notices(owners, drivers, may_be_twice=may_be_twice))
    return Contribution(served, preset, owners, drivers, yardsticks, losses, notices)


def open_steps(engine: Engine, margin: float | None, preset: Preset | None, until: date, *, has_tables: bool) -> None:
    """Opens each record of the ledger as the result sees it: views `sale_lines`, `cost_lines` and `cash_discounts`."""
    if not has_tables:
        for name in sources.tables():
            open_nothing(engine, name)
        engine.view("known_customers", "value/contribution/nobody.sql")
    engine.script("value/contribution/macros.sql")
    engine.remember("contribution_until", until)
    load_rates(engine, preset)
    engine.table("margins", "value/contribution/margins.sql", until=until, margin=margin)
    asks = "requirements" in engine.columns("ledger_customers")
    engine.view("served_activities", "value/contribution/served_activities.sql" if asks else "value/contribution/plain_activities.sql")
    engine.table("driver_rates", "value/contribution/driver_rates.sql")
    engine.table("usual_prices", "value/contribution/usual_prices.sql")
    engine.view("sale_lines", "value/contribution/sale_lines.sql")
    engine.view("cost_lines", "value/contribution/cost_lines.sql")
    # Read more than once: a table of those taken is small.
    engine.table("cash_discounts", "value/contribution/cash_discounts.sql")


def book(engine: Engine) -> tuple[bool, bool]:
    """Makes `contribution` and `contribution_by_customer` of the records that `open_steps` opened.

    Returns whether anything is known of cost to serve, and whether visits may stand in two tables.
    """
    (serving,) = engine.rows("value/contribution/cost_to_serve.sql")
    engine.table("customer_years", "value/contribution/customer_years.sql")
    engine.table("extra_cents", "value/contribution/extra_cents.sql")
    engine.table("contribution", "value/contribution/contribution.sql", is_served=serving["is_known"])
    engine.table("contribution_by_customer", "value/contribution/totals_by_customer.sql")
    for name in ("customer_years", "extra_cents"):
        engine.drop(name)
    return bool(serving["is_known"]), bool(serving["may_be_twice"])


def write(engine: Engine, valued: Valued, path: Path) -> int:
    """Writes contribution.parquet; returns how many rows. Its header names currency and as-of day."""
    about = {"currency": valued.currency, "as_of": valued.as_of.isoformat()}
    return engine.write(path, "value/contribution/written.sql", about=about)


def _check_tie(engine: Engine, valued: Valued) -> None:
    """Revenue of the customers is that of the ledger, rounded once: anything else is our mistake and would never be shown."""
    (found,) = engine.rows("value/contribution/tie.sql")
    booked = valued.summary.revenue.quantize(_CENT, rounding=ROUND_HALF_UP)
    if found["revenue"] != booked:
        raise Bug(f"The revenue of the customer result {found['revenue']} does not tie to the ledger's {booked}. Please report this.")


# What belongs to the period that is looked at


def _open_period(engine: Engine, year: int | None) -> None:
    engine.table("period", "value/contribution/period.sql", year=year)
    engine.table("ranks", "value/contribution/ranks.sql")


def _yardsticks(engine: Engine) -> tuple[Yardstick, ...]:
    rows = engine.rows("value/contribution/yardsticks.sql")
    return tuple(Yardstick(row["yardstick"], row["amount"], row["below_zero"], row["agreement"], row["kept"]) for row in rows)


def _losses(engine: Engine) -> tuple[tuple[str, int, Decimal, Decimal], ...]:
    engine.table("loss_causes", "value/contribution/loss_causes.sql")
    rows = engine.rows("value/contribution/loss_summary.sql")
    return tuple((row["cause"], row["customers"], row["db4"], row["excess"]) for row in rows)


def _loss_makers(engine: Engine, count: int, currency: str = "") -> tuple[LossMaker, ...]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in engine.rows("value/contribution/loss_makers.sql", count=count):
        found.setdefault(row["customer_id"], []).append(row)
    return tuple(_loss_maker(rows, currency) for rows in found.values())


def _loss_maker(rows: Sequence[Mapping[str, Any]], currency: str) -> LossMaker:
    first = rows[0]
    causes = tuple(_cause(row, currency) for row in rows)
    money = {name: first[name] for name in ("gross", "net", "db1", "db2", "db3", "db4")}
    return LossMaker(
        customer_id=first["customer_id"],
        cause=causes[0].cause if causes[0].excess > 0 else "none",
        avoidable=sum((cause.excess for cause in causes if cause.excess > 0), Decimal(0)),
        causes=causes,
        **money,
    )


def _cause(row: Mapping[str, Any], currency: str) -> LossCause:
    names = ("cause", "cost", "usual", "excess", "units", "target")
    return LossCause(**{name: row[name] for name in names}, lever=_lever(row).in_currency(currency))


def _lever(row: Mapping[str, Any]) -> Notice:
    """What would have to change for the loss to vanish by this cause alone."""
    cause, loss, target = row["cause"], -row["db4"], row["target"]
    if row["excess"] <= 0 and row["place"] > 1:
        return Notice("lever_usual", "This cost is not above that of comparable customers.")
    if row["excess"] <= 0:
        text = "No cost is above that of comparable customers; sales of {net:,.2f¤} do not carry the cost of serving them."
        return Notice("lever_none", text, {"net": row["net"]})
    if target is None:
        text = (
            "This cost alone is not enough: at the level of comparable customers {excess:,.2f¤} of the loss of {loss:,.2f¤} would be gone."
        )
        return Notice("lever_not_enough", text, {"excess": min(row["excess"], loss), "loss": loss})
    if cause == "discount":
        text = "Price concessions from {now:.1%} down to {target:.1%} of the list price."
        return Notice("lever_discount", text, {"now": float(row["cost"] / row["gross"]), "target": target})
    if cause == "small_orders":
        text = "{now:,.0f} orders bundled into {target:,.0f}: a minimum order of {order:,.2f¤}."
        order = (row["revenue"] / Decimal(target)).quantize(_CENT, rounding=ROUND_HALF_UP)
        return Notice("lever_small_orders", text, {"now": row["units"], "target": target, "order": order})
    if cause == "visits":
        return Notice("lever_visits", "{now:,.0f} visits down to {target:,.0f}.", {"now": row["units"], "target": target})
    if cause == "returns":
        return Notice("lever_returns", "{now:,.0f} returns down to {target:,.0f}.", {"now": row["units"], "target": target})
    return Notice("lever_complaints", "{now:,.0f} complaints down to {target:,.0f}.", {"now": row["units"], "target": target})


def _movers(engine: Engine, count: int) -> tuple[RankChange, ...]:
    rows = engine.rows("value/contribution/movers.sql", count=count)
    return tuple(
        RankChange(
            row["customer_id"],
            {name: row[name] for name in YARDSTICKS if row[name] is not None},
            {name: row[f"rank_{name}"] for name in YARDSTICKS if row[name] is not None},
            row["change"],
        )
        for row in rows
    )


# Reading a finished run


def result(project: Path, *, run: str | None = None, year: int | None = None, count: int = _TOP) -> CustomerResult:
    """The customer result of a run over one calendar year, or all of them: steps, whale curve, losses with levers, rank changes.

    count: how many loss makers and rank changes are listed. Raises StorageError if the run has no contribution, CallError for a
    year without any.
    """
    source = store.read(project, run)
    section = section_of(source)
    years = tuple(sorted({row["year"] for row in section["owners"] if row["year"] is not None}))
    if year is not None and year not in years:
        raise CallError(f"Run {source.name} has nothing of the year {year}. Available: {', '.join(map(str, years))}.")
    span, drivers = _span(source, section), drivers_of(section, year)
    whole, currency = whole_years(span), str(source.manifest["currency"])
    with open_engine() as engine:
        engine.open_parquet("contribution", [source.folder / FILE], numbered=False)
        engine.open_parquet("valued_customers", [source.customers], numbered=False)
        # Those who objected since the run was made are left out too.
        load_objectors(engine, objectors(project))
        engine.table("left_out", "value/contribution/objectors.sql")
        owners = tuple(engine.rows("value/contribution/owners.sql", year=year))
        _open_period(engine, year)
        losses = _losses(engine) if section["is_served"] else ()
        return CustomerResult(
            run=source.name,
            year=year,
            years=years,
            as_of=source.as_of,
            currency=currency,
            title=source.manifest["title"],
            steps=steps_of(owners),
            owners=owners,
            drivers=tuple(_texts(row) for row in drivers),
            estimated=_sum(owners, "estimated"),
            assumed=_sum(owners, "assumed"),
            whale=concentration(
                engine.arrays("value/contribution/amounts.sql")["amount"], measure="db4" if section["is_served"] else "db1"
            ),
            yardsticks=_yardsticks(engine),
            movers=_movers(engine, count),
            losses=losses,
            loss_makers=_loss_makers(engine, count, currency) if section["is_served"] else (),
            notices=tuple(one.in_currency(currency) for one in _notices(owners, drivers, may_be_twice=False)),
            left_out=engine.rows("value/contribution/left_out.sql")[0]["customers"],
            first=span[0] if year is None else max(span[0], date(year, 1, 1)),
            last=span[1] if year is None else min(span[1], date(year, 12, 31)),
            before=_of_year(section, year - 1) if year is not None and {year, year - 1} <= set(whole) else (),
            created=datetime.fromisoformat(source.manifest["created"]),
            version=source.manifest["version"],
            grade=(source.manifest.get("readiness") or {}).get("grade", ""),
        )


def last_whole_year(project: Path, run: str | None = None) -> int | None:
    """The last calendar year that the log of a run covers from beginning to end; None if it covers none."""
    return whole_year_of(store.read(project, run))


def whole_year_of(source: store.Run) -> int | None:
    """The same of a run that was read."""
    section = section_of(source)
    return _last_whole(_span(source, section), section["owners"])


def _last_whole(span: tuple[date, date], owners: Sequence[Mapping[str, Any]]) -> int | None:
    """The last whole year in which something was booked."""
    booked = {row["year"] for row in owners}
    return max((year for year in whole_years(span) if year in booked), default=None)


def whole_years(span: tuple[date, date]) -> tuple[int, ...]:
    """The calendar years whose first and last ten days lie within the span: shops rest over the holidays."""
    first, last = span
    return tuple(year for year in range(first.year, last.year + 1) if first <= date(year, 1, 10) and date(year, 12, 22) <= last)


def _span(source: store.Run, section: Mapping[str, Any]) -> tuple[date, date]:
    """From the first line of the log to the as-of day; where the first is not known, from the second year of the result on."""
    known = (source.manifest.get("readiness") or {}).get("first")
    return _from(date.fromisoformat(known) if known else None, section["owners"], source.as_of), source.as_of


def _from(first: date | None, owners: Sequence[Mapping[str, Any]], as_of: date) -> date:
    years = [row["year"] for row in owners if row["year"] is not None]
    return first or date(min(years, default=as_of.year), 12, 31)


def totals_of(found: Contribution, first: date | None, as_of: date, currency: str) -> ResultTotals:
    """The scheme of the last whole year against the one before it, or of all years, for the report of a run. first: of the log's days."""
    first = _from(first, found.owners, as_of)
    year = _last_whole((first, as_of), found.owners)
    if year is None:
        return ResultTotals(None, first, as_of, currency, steps_of(found.owners))
    now, before = (steps_of([row for row in found.owners if row["year"] == one]) for one in (year, year - 1))
    return ResultTotals(
        year, date(year, 1, 1), date(year, 12, 31), currency, now, before if year - 1 in whole_years((first, as_of)) else ()
    )


def totals_of_run(source: store.Run) -> ResultTotals:
    """The same of a finished run, as its manifest has it."""
    section = section_of(source)
    first, as_of = _span(source, section)
    year, currency = _last_whole((first, as_of), section["owners"]), str(source.manifest["currency"])
    if year is None:
        return ResultTotals(None, first, as_of, currency, steps_of(_exact(section["owners"])))
    before = _of_year(section, year - 1) if year - 1 in whole_years((first, as_of)) else ()
    return ResultTotals(year, date(year, 1, 1), date(year, 12, 31), currency, _of_year(section, year), before)


def _exact(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, **{name: None if row[name] is None else Decimal(row[name]) for name in STEPS}} for row in rows]


def drivers_of(section: Mapping[str, Any], year: int | None) -> list[dict[str, Any]]:
    """Cost to serve by driver over a year or all of them. Older runs know it of all years only: of a single one nothing is shown."""
    sums: dict[tuple[Any, ...], dict[str, Any]] = {}
    names = ("source", "driver", "stage", "is_assumed")
    for row in section["drivers"]:
        if year is not None and row.get("year") != year:
            continue
        whole = sums.setdefault(
            tuple(row[name] for name in names), {**{name: row[name] for name in names}, "records": 0, "units": Decimal(0), "amount": None}
        )
        whole["records"] += row["records"]
        whole["units"] += Decimal(row["units"] or 0)
        if row["amount"] is not None:
            whole["amount"] = (whole["amount"] or Decimal(0)) + Decimal(row["amount"])
    return list(sums.values())


def _of_year(section: Mapping[str, Any], year: int) -> tuple[ResultStep, ...]:
    """The steps of another year, as the manifest has them."""
    rows = _exact([row for row in section["owners"] if row["year"] == year])
    return steps_of(rows) if rows else ()


def section_of(source: store.Run) -> dict[str, Any]:
    """The section `contribution` of a run's manifest."""
    section: dict[str, Any] | None = source.manifest.get("contribution")
    if section is None:
        raise StorageError(
            Problem(
                f"Run {source.name} has no customer result.",
                "a run whose lines have costs, or with the setting margin.",
                "give costs with the lines (--map cost=COLUMN) or a margin, then run again.",
            )
        )
    return section


def steps_of(owners: Sequence[Mapping[str, Any]]) -> tuple[ResultStep, ...]:
    """The scheme from gross to contribution IV: customers, unallocated and, as their sum, the company."""

    def total(name: str, *, customers: bool) -> Decimal | None:
        own = [row[name] for row in owners if (row["owner"] == "customers") == customers]
        return None if any(amount is None for amount in own) else sum(own, Decimal("0.00"))

    known = [name for name in STEPS if all(row[name] is not None for row in owners)]
    return tuple(
        ResultStep(name, *((total(name, customers=True), total(name, customers=False)) if name in known else (None, None)))
        for name in STEPS
    )


def _sum(rows: Sequence[Mapping[str, Any]], name: str) -> Decimal:
    return sum((row[name] for row in rows), Decimal("0.00"))


def _notices(owners: Sequence[Mapping[str, Any]], drivers: Sequence[Mapping[str, Any]], *, may_be_twice: bool) -> Iterator[Notice]:
    without = [row for row in drivers if row["amount"] is None]
    if without:
        text = (
            "No rate is known for {drivers}: their cost ({units:,.0f} units) is missing from contribution II to IV. "
            "Give the table activity_rates, or a preset."
        )
        names = ", ".join(dict.fromkeys(str(row["driver"]) for row in without))
        yield Notice("contribution_without_rate", text, {"drivers": names, "units": float(_sum(without, "units"))})
    # Drivers are known over all years only; the owners are those of the period.
    stages = ("marketing", "sales", "service", "logistics")
    assumed, served = _sum(owners, "assumed"), sum((row[name] or Decimal(0) for row in owners for name in stages), Decimal(0))
    if assumed and served:
        text = "{share:.0%} of the cost to serve rests on rates that the preset assumes."
        yield Notice("contribution_assumed", text, {"share": float(assumed / served)})
    unknown = [row for row in owners if row["owner"] == "unknown_customer"]
    if unknown:
        text = "Cost of {amount:,.2f¤} belongs to customers that neither lines nor customer records know; it is shown as unallocated."
        gone = -sum((row["db1"] if row["db4"] is None else row["db4"] for row in unknown), Decimal(0))
        yield Notice("contribution_unallocated", text, {"amount": float(gone)})
    if may_be_twice:
        text = "Both contacts and activities hold the cost of visits. Leave one of them out if they tell of the same visits."
        yield Notice("contribution_twice", text)


# The manifest


def _text(value: Any) -> Any:
    return f"{value:f}" if isinstance(value, Decimal) else value


def _texts(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _text(value) for name, value in row.items()}


def _preset_as_json(preset: Preset | None) -> list[dict[str, Any]] | None:
    if preset is None:
        return None
    return [
        {"name": one.name, "rate": str(one.rate), "stage": one.stage, "words": list(one.words), "is_assumed": one.is_assumed}
        for one in preset.drivers
    ]


def preset_of(section: Mapping[str, Any]) -> Preset | None:
    """The cost drivers a run was made with: the project's may have changed since."""
    if section["preset"] is None:
        return None
    drivers = (
        Driver(one["name"], Decimal(one["rate"]), one["stage"], tuple(one["words"]), is_assumed=one["is_assumed"])
        for one in section["preset"]
    )
    return Preset("", "", tuple(drivers), {})
