"""For the Python library: orders become a customer base that models fit and forecast."""

from __future__ import annotations

import contextlib
import tempfile
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from kundenwert.base import customer_base as building
from kundenwert.base.as_of import day_number, day_of
from kundenwert.engines import open_engine
from kundenwert.errors import CallError
from kundenwert.flows.forecasts import columns_of, load_forecast, recent_histories
from kundenwert.flows.known_log import as_of_day, log_facts
from kundenwert.flows.load import load, remember
from kundenwert.flows.progress import Progress
from kundenwert.flows.project import settings_with
from kundenwert.flows.reading import Input
from kundenwert.flows.value_table import suffix
from kundenwert.records import Horizons
from kundenwert.settings import Duration

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kundenwert.base.customer_base import BaseSummary
    from kundenwert.engines._engine import Engine
    from kundenwert.flows.load import Loaded
    from kundenwert.models.purchases.recent_rate import RecentHistories
    from kundenwert.records import Histories, SpendHistories
    from kundenwert.settings import Settings

    Integers = NDArray[np.int64]


@final
class CustomerBase:
    """One row a customer at an as-of day, and the histories in it. Made by `customer_base`; it is never changed.

    as_of: the day. summary: customers, modelled, repeat purchases, revenue. Tables come back as what went in: pandas, polars, or
    a pyarrow table (also for files).
    """

    def __init__(
        self, engine: Engine, summary: BaseSummary, as_of: date, kind: str, *, is_plain: bool, loaded: Loaded, given: Mapping[str, Any]
    ) -> None:
        self._engine = engine
        self._loaded = loaded
        self._given = given
        self._kind = kind
        self._is_plain = is_plain
        self.summary = summary
        self.as_of = as_of

    def __len__(self) -> int:
        return self.summary.customers

    def __repr__(self) -> str:
        return f"CustomerBase({self.summary.customers:,} customers, {self.summary.repeat_purchases:,} repeat purchases, as of {self.as_of})"

    @cached_property
    def histories(self) -> Histories:
        """The distinct (frequency, recency, T) with their counts; days."""
        return building.histories(self._engine)

    @cached_property
    def spend_histories(self) -> SpendHistories:
        """The distinct spend histories with their counts."""
        return building.spend_histories(self._engine, self.summary.spenders)

    @cached_property
    def recent_histories(self) -> RecentHistories:
        """The distinct numbers of repeat purchases in the last 12 months, for bases too small for a population model."""
        return recent_histories(self._engine)[0]

    def daily_repeat_purchases(self, *, known: date | None = None) -> tuple[Integers, Integers]:
        """Days with repeat purchases, as numbers since 1970-01-01, and how many; shapes (n,). known: only of customers first seen on this
        day or before; without it all.
        """
        step = "base/repeat_days_plain.sql" if self._is_plain else "base/repeat_days.sql"
        found = self._engine.arrays(step, known=day_number(known or self.as_of), as_of=day_number(self.as_of))
        return found["day"], found["purchases"]

    def purchase_days(self, customer_id: str) -> tuple[date, ...]:
        """The days with a purchase of one customer, as `fit.plot.p_alive_path` takes them. Raises CallError for one without any."""
        step = "base/days_of_plain.sql" if self._is_plain else "base/days_of.sql"
        days = self._engine.arrays(step, customer=str(customer_id), as_of=day_number(self.as_of))["day"]
        if not len(days):
            raise CallError(f"Customer {customer_id!r} has no purchase in this base. Expected: an id as in `base.customers`.")
        return tuple(day_of(day) for day in days.tolist())

    def known_customers(self) -> dict[str, Any]:
        """The history of each customer that models see, as arrays of shape (n,): customer_id, frequency, recency, t (days)."""
        return self._engine.arrays("base/known_customers.sql")

    @property
    def customers(self) -> Any:
        """One row a customer: customer_id, first_purchase, last_purchase, frequency, recency, T (days), spend_days, monetary_value,
        revenue.
        """
        return self.as_given(self._engine.arrow("base/customers_table.sql"))

    def forecast(
        self,
        fit: Any,
        *,
        horizon: str = "12m",
        value_horizon: str = "5y",
        discount_rate: float = 0.10,
        spend: Any = None,
        levels: Sequence[float] = (0.9,),
    ) -> Any:
        """One row a customer. A purchase model gives p_alive, expected_purchases over `horizon` with an interval, and discounted purchases
        over `value_horizon`; a spend model gives expected_spend, the expected amount of a purchase.

        horizon, value_horizon: calendar-aware, such as "39w", "12m", "5y". discount_rate: a year, effective. spend: a fit of a spend
        model; the table of a purchase model then has expected_revenue and discounted_revenue too, each with an interval. levels: of the
        intervals; columns such as expected_purchases_lower are those at 0.9, each other level has its own, such as
        expected_purchases_lower_50. Raises CallError for a horizon that cannot be read or a level not between 0 and 1, FitError for a
        fit that cannot be used.
        """
        fit.or_raise()
        if fit.model.family == "spend":
            return self.as_given(self._engine.arrow("value/spend_forecast_table.sql", **_expected(fit)))
        from kundenwert.flows.intervals import look_ahead
        from kundenwert.models.spending import AmountLaw

        horizons = Horizons(self._days(horizon), self._days(value_horizon), discount_rate)
        small = fit.model.needs == "recent_histories"
        found, keys = recent_histories(self._engine) if small else (self.histories, _keys(self.histories))
        forecast = fit.forecast_histories(found, horizons)
        law = AmountLaw.of(spend.or_raise()) if spend is not None else None
        outlook = look_ahead(fit, found, keys["frequency"], forecast, horizons, law, spend)
        known = {**keys, **columns_of(forecast)}

        def table(level: float) -> Any:
            load_forecast(self._engine, {**known, **outlook.bounds(level)}, small=small)
            if spend is None:
                return self._engine.arrow("value/purchase_forecast_table.sql")
            return self._engine.arrow("value/revenue_forecast_table.sql", **_expected(spend))

        return self.as_given(_with_levels(table, levels))

    def _days(self, horizon: str) -> float:
        try:
            return float(Duration.parse(horizon).days(self.as_of))
        except ValueError as err:
            raise CallError(f"Horizon {horizon!r}. Expected: {err}.") from None

    @contextlib.contextmanager
    def apart(self, **changed: Any) -> Iterator[tuple[Engine, Loaded, Settings]]:
        """The booked lines in an engine of their own, in which anything may be built; `changed`: settings that differ."""
        settings = settings_with({**self._given, **changed, "as_of": self.as_of.isoformat()})
        with (
            tempfile.TemporaryDirectory(prefix="kundenwert-") as scratch,
            open_engine(spill=Path(scratch) / "spill", memory=settings.memory or None, threads=settings.threads or None) as engine,
        ):
            lines = Path(scratch) / "lines.parquet"
            self._engine.write(lines, "base/backtest/all_lines.sql")
            remember(engine, settings)
            engine.open_parquet("booked", [lines], numbered=False)
            yield engine, self._loaded, settings

    def as_given(self, table: Any) -> Any:
        """An arrow table as the kind of table the base was made of."""
        if self._kind == "pandas":
            return table.to_pandas()
        if self._kind == "polars":
            import polars

            return polars.from_arrow(table)
        return table


def _expected(spend: Any) -> dict[str, Any]:
    """What the expected amount of a purchase is reckoned from."""
    coefficients = spend.coefficients()
    return {name: coefficients[name] for name in ("p", "weight", "population_mean")}


def _with_levels(table: Callable[[float], Any], levels: Sequence[float]) -> Any:
    """The table at the usual level, and the bounds at each other one as further columns."""
    from kundenwert.flows.intervals import LEVEL

    wrong = [level for level in levels if not 0 < level < 1]
    if wrong:
        raise CallError(f"Levels {wrong}. Expected: shares between 0 and 1, such as 0.5 or 0.9.")
    found = table(LEVEL)
    for level in dict.fromkeys(levels):
        if level != LEVEL:
            other = table(level)
            for name in other.column_names:
                if name.endswith(("_lower", "_upper")):
                    found = found.append_column(f"{name}_{suffix(level)}", other[name])
    return found


def _keys(histories: Histories) -> dict[str, Any]:
    return {"frequency": histories.frequency, "recency": histories.recency, "t": histories.T}


def customer_base(
    source: Any,
    as_of: str | date | None = None,
    *,
    mapping: Mapping[str, str] | None = None,
    columns: Sequence[str] = (),
    date_format: str | None = None,
    decimal_mark: str | None = None,
    settings: Mapping[str, Any] | None = None,
) -> CustomerBase:
    """Reads orders and builds the customer base of a day.

    source: path of a CSV, XLSX or Parquet file, or a pandas, polars or arrow table, one row an order or invoice line; it is never
    changed. as_of: the day; without it the last plausible document day. mapping: role -> column, such as {"customer_id": "KdNr"}.
    columns: the columns' names of a file without header. settings: as in kundenwert.toml, such as {"non_products": ["POST"]}.
    Raises DataError with all problems of the input.
    """
    from kundenwert.sources import Wanted

    wanted = Wanted(mapping=dict(mapping or {}), columns=tuple(columns), date_format=date_format, decimal_mark=decimal_mark)
    chosen = settings_with({**(settings or {}), "as_of": as_of})
    given = Path(source) if isinstance(source, str) else source
    engine = open_engine(memory=chosen.memory or None, threads=chosen.threads or None)
    with contextlib.ExitStack() as stack:
        scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="kundenwert-"))
        loaded = load(engine, [Input(given, wanted)], chosen, scratch=Path(scratch), progress=Progress(), thorough=False)
        day = as_of_day(loaded, chosen, datetime.now(UTC).date())
        facts = log_facts(loaded, day)
        summary, _ = building.build(engine, facts, as_of=day_number(day), collective=bool(chosen.collective))
        is_plain = facts.is_plain and not chosen.collective
        kind = type(source).__module__.partition(".")[0]
        base = CustomerBase(engine, summary, day, kind, is_plain=is_plain, loaded=loaded, given=settings or {})
        # Days of purchase may be read later, from what the input was rewritten to: that goes when the base does.
        weakref.finalize(base, stack.pop_all().close)
    return base
