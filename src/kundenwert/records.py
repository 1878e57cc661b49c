"""The frozen records that travel between rooms: histories, spend histories, forecasts.

Arrays are numpy arrays of equal length; nothing changes them after they are made. Time is in days.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Histories:
    """The distinct purchase histories of a base and how many customers have each.

    frequency: purchases after the first. recency: days from the first to the last purchase.
    T: days from the first purchase to the as-of day. count: customers with this history.
    All arrays have shape (n,); frequency and count are int64, recency and T float64 days.
    """

    frequency: Integers
    recency: Floats
    T: Floats
    count: Integers

    def __len__(self) -> int:
        return len(self.frequency)

    @property
    def customers(self) -> int:
        """How many customers stand behind the histories."""
        return int(self.count.sum())


@dataclass(frozen=True)
class SpendHistories:
    """Distinct spend histories: how many repeat purchase days with a positive amount, their mean amount, the count.

    For large bases the rows may be narrow bins of x * mean: then `spread` is the variance of log(x * mean) within each bin
    and `mean` is exp of the bin's mean log, divided by x. Exact rows have spread 0. All arrays have shape (n,).
    """

    spend_days: Integers
    mean: Floats
    count: Integers
    spread: Floats

    @property
    def customers(self) -> int:
        """How many customers stand behind the histories."""
        return int(self.count.sum())


@dataclass(frozen=True)
class PurchaseForecast:
    """What a purchase model says of each history; one entry a history, shape (n,).

    p_alive: probability to be still a customer at the as-of day; None from a model that does
    not know it. expected_purchases: over the horizon, undiscounted.
    discounted_purchases: over the value horizon, each discounted from its expected day.
    discounted_beyond: the same from the end of the value horizon on, without end; None without discounting, as it has no limit.
    usual_gap: days; the 90 % quantile of the gap after the last purchase if the customer is alive.
    """

    p_alive: Floats | None
    expected_purchases: Floats
    discounted_purchases: Floats
    discounted_beyond: Floats | None
    usual_gap: Floats


@dataclass(frozen=True)
class Horizons:
    """How far a forecast looks and how it discounts. Days; rate per year, effective (0.1 is 10 %)."""

    horizon_days: float
    value_horizon_days: float
    discount_rate: float


@dataclass(frozen=True)
class Notice:
    """Something a reader must know before trusting a figure: a key for programs, a sentence with its values for people.

    `text` is an English message with {named} places, the msgid of its translation; `values` fill them.
    """

    key: str
    text: str
    values: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text.format(**self.values)


@dataclass(frozen=True)
class ModelCard:
    """What a run keeps of a fitted model. Parameters are in `unit`; a standard error of None is "not defined"."""

    family: str
    name: str
    unit: str
    parameters: dict[str, float]
    standard_errors: dict[str, float | None]
    log_likelihood: float
    customers: int
    histories: int
    outcome: str
    sentence: str


@dataclass(frozen=True)
class Level:
    """One level of intervals: the share of customers they held, the share the forecast itself expects, the share of PIT values inside."""

    level: float
    held: float
    expected: float
    pit: float


@dataclass(frozen=True)
class Decile:
    """A tenth of the customers by rising forecast: customers, and the mean purchases forecast and made."""

    customers: int
    forecast: float
    actual: float


@dataclass(frozen=True)
class MoneyScored:
    """Forecast revenue held against what came; scores as in stats/scores.py. levels: among customers whose interval is not [0, 0]."""

    expected_revenue: float
    revenue: float
    bias: float | None
    rmse: float
    mae: float
    spearman: float | None
    gini: float | None
    top_decile_value: float | None
    levels: tuple[Level, ...] = ()


@dataclass(frozen=True)
class Scored:
    """One forecast held against what came; scores as in stats/scores.py, None where not defined. kind: "model", "remedy" or "baseline".

    deciles: tenths by rising forecast. pit: shares of the randomised PIT values in equal bins from 0 to 1; all alike for a true forecast.
    origins: at how many it was made; a remedy may need a longer log than there was at all of them, and its scores are over these.
    """

    name: str
    kind: str
    log_score: float
    crps: float
    expected_purchases: float
    bias: float | None
    rmse: float
    mae: float
    spearman: float | None
    gini: float | None
    top_decile_value: float | None
    levels: tuple[Level, ...]
    deciles: tuple[Decile, ...] = ()
    pit: tuple[float, ...] = ()
    money: MoneyScored | None = None
    origins: int = 1


@dataclass(frozen=True)
class Origin:
    """One day from which was forecast, the last day of the window, its customers, what they bought, and the forecasts."""

    origin: date
    until: date
    days: int
    customers: int
    purchases: int
    forecasts: tuple[Scored, ...]


@dataclass(frozen=True)
class Comparison:
    """A forecast against the one that stood before it: difference of the mean log scores, its 95 % interval, and the verdict."""

    name: str
    against: str
    difference: float
    lower: float
    upper: float
    agreeing_origins: int
    origins: int
    is_better: bool


@dataclass(frozen=True)
class Tracking:
    """Repeat purchases week by week of the customers known at an origin: what a fit of that day expects and what came.

    ends: last day of each week. expected and actual: in that week. From the origin on nothing was known to the fit.
    """

    model: str
    origin: date
    ends: tuple[date, ...]
    expected: tuple[float, ...]
    actual: tuple[int, ...]


@dataclass(frozen=True)
class FrequencyCounts:
    """Customers by repeat purchases, and how many a fit expects. The last entry holds all with so many purchases or more.

    purchases: 0, 1, 2 ... actual and expected: customers with so many.
    """

    model: str
    purchases: tuple[int, ...]
    actual: tuple[int, ...]
    expected: tuple[float, ...]


@dataclass(frozen=True)
class Matrix:
    """What a fit says of customers first seen T days ago, by repeat purchases and by days since the last one.

    measure: "p_alive" or "expected_purchases" (then over `days`). values: one row for each of `purchases`, one entry for each of
    `silence` (days); None where no such customer can be.
    """

    model: str
    measure: str
    T: float
    days: float
    purchases: tuple[int, ...]
    silence: tuple[float, ...]
    values: tuple[tuple[float | None, ...], ...]


@dataclass(frozen=True)
class AlivePath:
    """P(alive) of one customer day by day. days: since the first purchase; purchases: the days with one, the first of them 0.

    start: the day of the first purchase, None if only the distances are known.
    """

    model: str
    days: tuple[float, ...]
    chance: tuple[float, ...]
    purchases: tuple[float, ...]
    start: date | None = None


@dataclass(frozen=True)
class Density:
    """How a quantity differs between customers. quantity: "rate" (purchases a year, while active), "leaving_chance" (after a purchase) or
    "leaving_rate" (a year). shares: of the customers between two edges, one more than shares; those beyond the last edge are left out.
    mean: of all customers; median: half of them lie below it.
    """

    quantity: str
    edges: tuple[float, ...]
    shares: tuple[float, ...]
    mean: float
    median: float


@dataclass(frozen=True)
class Heterogeneity:
    """How customers differ under a fit: one part for buying, one for leaving if the model knows it."""

    model: str
    parts: tuple[Density, ...]


@dataclass(frozen=True)
class Gaps:
    """Repeat buyers by the mean days between their purchases, and the shares that customers simulated by a fit have.

    edges: days, one more than shares; buyers beyond the last edge are in the last share.
    """

    model: str
    buyers: int
    edges: tuple[float, ...]
    actual: tuple[float, ...]
    expected: tuple[float, ...]


@dataclass(frozen=True)
class Marginal:
    """One parameter after the data. edges and shares: histogram of the draws. estimate: of maximum likelihood; lower, upper: 90 % of the
    draws lie between them. prior: share of the prior in each bin, and by `prior_outside` the rest; empty without a prior.
    """

    name: str
    edges: tuple[float, ...]
    shares: tuple[float, ...]
    estimate: float
    lower: float
    upper: float
    prior: tuple[float, ...] = ()
    prior_outside: float = 0.0


@dataclass(frozen=True)
class Posterior:
    """What the data leave open of the parameters of a fit. unit: of time; effective: how many independent draws stand behind it."""

    model: str
    unit: str
    parts: tuple[Marginal, ...]
    effective: float


@dataclass(frozen=True)
class TotalForecast:
    """A forecast of a sum over customers with its interval, and where the width comes from.

    measure: "purchases", "revenue" or "clv". level: the chance that the interval is meant to hold. process, parameters, level_error:
    variances of the logarithm of the total (definitions.md, Totals). origins: how many backtests stand behind level_error. readings: one
    more such variance, where the data can be read in two ways that differ in their totals.
    """

    measure: str
    mean: float
    lower: float
    upper: float
    level: float
    process: float
    parameters: float
    level_error: float
    origins: int
    readings: float = 0.0


@dataclass(frozen=True)
class HeldTotal:
    """The total forecast at one origin with its interval, and what came. name: the forecast that the evidence known at the origin chooses.

    Choice and width are learned from windows that had ended by the origin; without one the width is that expected beforehand.
    """

    origin: date
    forecast: TotalForecast
    actual: float
    is_held: bool
    name: str = ""


@dataclass(frozen=True)
class SpendScored:
    """A way to expect the amount of a purchase, held against the later amounts of those who bought again.

    log_score: mean log density of the customers' later spend, given its days. bias: of its total, given its days. rmse: of the mean amount.
    """

    name: str
    log_score: float
    bias: float | None
    rmse: float


@dataclass(frozen=True)
class SpendEvidence:
    """Which purchases tell the expected amount: "gamma_gamma" (repeat purchases), "gamma_gamma+first" (the first one too) or "plain" (no
    model: own mean drawn to the mean of the base). customers: those who bought again, at all origins together.
    """

    chosen: str
    customers: int
    scores: tuple[SpendScored, ...]
    comparisons: tuple[Comparison, ...]
    sentence: str


@dataclass(frozen=True)
class Backtest:
    """What earlier days say about the forecasts. Without an origin there is nothing but the verdict, which says why.

    horizon: as set; days: as looked ahead. pooled: all origins together, simplest forecast first. chosen: by the rule "better".
    best_model: the same choice without naive rules. weights: of the members of "stacking" today. totals: held or not; none with one
    origin only. log_errors: ln(what came / forecast) of the best model's total at each origin, latest first, by measure.
    tracking: of the best model at the latest origin. sampled: customers drawn, None if all. spend: None without amounts.
    return_share: of the money of purchases that reversals take, measured at earlier days.
    """

    as_of: date
    horizon: str
    days: int
    origins: tuple[Origin, ...] = ()
    pooled: tuple[Scored, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    chosen: str | None = None
    verdict: str = ""
    notices: tuple[Notice, ...] = ()
    totals: tuple[HeldTotal, ...] = ()
    tracking: Tracking | None = None
    sampled: int | None = None
    best_model: str | None = None
    weights: dict[str, float] = field(default_factory=dict)
    log_errors: dict[str, tuple[float, ...]] = field(default_factory=dict)
    spend: SpendEvidence | None = None
    return_share: float | None = None


@dataclass(frozen=True)
class Calendar:
    """What may be known of time beside the histories. Days are whole numbers since 1970-01-01, so that a customer's first purchase
    was on `as_of - T` and the last on `as_of - T + recency`.

    log_start: the first day of the log. months: first days of the calendar months of the log and the day after its last, shape (m + 1,);
    the first and the last month may be covered in part. repeat_purchases: purchases after the first in each month, shape (m,).
    """

    as_of: int
    log_start: int
    months: Integers
    repeat_purchases: Integers


@dataclass(frozen=True)
class InputFile:
    """One file that was read: its name without folder, bytes, sha256 and records (lines after the header)."""

    name: str
    size: int
    sha256: str
    lines: int


@dataclass(frozen=True)
class ClassTotal:
    """Lines and money of one line class; `month` (YYYY-MM, "" if unknown) and `currency` where it is a part."""

    line_class: str
    lines: int
    amount: Decimal
    month: str = ""
    currency: str = ""


@dataclass(frozen=True)
class FlagTotal:
    """Lines and money that carry a flag. Flags overlap; they never add up to the classes."""

    flag: str
    lines: int
    amount: Decimal


@dataclass(frozen=True)
class Reconciliation:
    """The bridge from file totals to value totals. Every line is in exactly one class; `difference` must be 0.

    lines, amount: all records and the money in them. classes: totals by class. months: the same by month and currency.
    flags: booked lines that are marked. views: overlapping second looks (positive lines, documents by prefix letter).
    """

    lines: int
    amount: Decimal
    classes: tuple[ClassTotal, ...]
    months: tuple[ClassTotal, ...]
    flags: tuple[FlagTotal, ...]
    views: tuple[FlagTotal, ...]
    difference: Decimal


@dataclass(frozen=True)
class ValueClass:
    """Customers and value of class A, B or C; share is the part of the total value."""

    name: str
    customers: int
    value: Decimal
    share: float


@dataclass(frozen=True)
class Concentration:
    """How value is spread over the customers; `measure` names the column it was taken from.

    lorenz and whale are (share of customers, share of value) points from (0, 0) on, at most some hundred of them. Lorenz:
    customers by rising value. Whale curve: by falling value, so it rises above 1 where customers of negative value exist.
    """

    measure: str
    classes: tuple[ValueClass, ...]
    gini: float
    hhi: float
    lorenz: tuple[tuple[float, float], ...]
    whale: tuple[tuple[float, float], ...]
    whale_peak: tuple[float, float]
    limits: tuple[float, float] = (0.8, 0.95)


@dataclass(frozen=True)
class MonthOfPurchases:
    """One calendar month: purchases, how many of them first ones, booked revenue; complete if the log covers it wholly."""

    month: str
    purchases: int
    first_purchases: int
    revenue: Decimal
    complete: bool


@dataclass(frozen=True)
class Totals:
    """Sums over customers.parquet; money None where the yardstick is purchases."""

    customers: int
    levels: dict[str, int]
    purchases: int
    expected_purchases: float
    revenue: Decimal | None
    past: Decimal | None
    expected_revenue: Decimal | None
    clv: Decimal | None
    clv_beyond: Decimal | None
    value: Decimal | None


@dataclass(frozen=True)
class ReadinessReason:
    """Why the grade of the data is not better: with it, no grade above `grade` is given."""

    grade: str
    notice: Notice


@dataclass(frozen=True)
class TableReadiness:
    """One table of the company. state: "missing", "thin" (less than the least) or "good". filled: role -> share of the records with a cell.

    days: from the first to the last record, None where the table has no day. unknown: share of its customer numbers that nobody
    knows, None where it has none. adds: what the table adds, one sentence. short: what it lacks.
    """

    table: str
    state: str
    records: int
    least: int
    days: int | None
    least_days: int
    filled: Mapping[str, float]
    unknown: float | None
    adds: str
    short: tuple[Notice, ...] = ()


@dataclass(frozen=True)
class Readiness:
    """The grade of the data from A to E, why it is not better (the gravest first), the tables, and what pieces of the lines add.

    pieces: role of the sales lines -> (share of the lines that have it, what it adds).
    """

    grade: str
    reasons: tuple[ReadinessReason, ...]
    customers: int
    returning: int
    repeat_purchases: int
    days: int
    first: date | None
    last: date | None
    tables: tuple[TableReadiness, ...]
    pieces: Mapping[str, tuple[float, str]]


@dataclass(frozen=True)
class RunFigures:
    """All a report of a run needs: what came in, what the base is worth, who carries it, who is at risk, how it was reckoned.

    top and at_risk hold rows of customers.parquet as dicts (customer_id, first_purchase, last_purchase, frequency, revenue,
    p_alive, expected_purchases, expected_revenue, clv, value, level); at_risk rows also gap_days, usual_gap_days,
    clv_if_alive and loss (= clv_if_alive - clv; in purchases where the yardstick is purchases).
    yardstick: "revenue", "contribution" or "purchases". currency: "" if none is known.
    """

    title: str
    run: str
    version: str
    created: datetime
    as_of: date
    horizon: str
    value_horizon: str
    discount_rate: float
    yardstick: str
    currency: str
    files: tuple[InputFile, ...]
    reconciliation: Reconciliation
    totals: Totals
    concentration: Concentration
    top: tuple[dict[str, Any], ...]
    at_risk: tuple[dict[str, Any], ...]
    at_risk_count: int
    at_risk_loss: Decimal | float
    months: tuple[MonthOfPurchases, ...]
    models: tuple[ModelCard, ...]
    notices: tuple[Notice, ...]
    intervals: tuple[TotalForecast, ...] = ()
    backtest: Backtest | None = None
    readiness: Readiness | None = None


@dataclass(frozen=True)
class Document:
    """One document of a customer on one day, as booked."""

    day: date
    document_id: str | None
    line_class: str
    lines: int
    amount: Decimal | None


@dataclass(frozen=True)
class Part:
    """One line of the explanation: what it is, for which span, and its money (purchases where there is no money)."""

    kind: str
    span: str
    amount: Decimal | None
    purchases: float | None = None


@dataclass(frozen=True)
class Explained:
    """A customer's row, history and parts. The parts of kind booked and cost add up to past, those of kind expected to clv.

    basis: as-of day, horizons, rate, yardstick, currency, run. factors: what turns purchases into money.
    """

    row: dict[str, Any]
    history: tuple[Document, ...]
    parts: tuple[Part, ...]
    basis: dict[str, Any]
    factors: dict[str, Any]


@dataclass(frozen=True)
class LossCause:
    """One cost that may be why a customer loses money: discount, small_orders, visits, returns or complaints.

    usual: what it costs comparable customers for the same sales at list price; excess = cost - usual. units: how many orders,
    visits ...; None for discount. target: where this cost alone would bring contribution IV to zero (a share of the list
    price for discount, else a count); None if it cannot. lever: that in words.
    """

    cause: str
    cost: Decimal
    usual: Decimal
    excess: Decimal
    units: float | None
    target: float | None
    lever: Notice


@dataclass(frozen=True)
class LossMaker:
    """A customer with a negative contribution IV over a period. causes: all five, the one furthest above the usual first.

    cause: the first one's name, "none" if no cost is above the usual. avoidable: what is above the usual in all causes together.
    """

    customer_id: str
    gross: Decimal
    net: Decimal
    db1: Decimal
    db2: Decimal
    db3: Decimal
    db4: Decimal
    cause: str
    avoidable: Decimal
    causes: tuple[LossCause, ...]

    @property
    def lever(self) -> Notice:
        """What would have to change, in words."""
        return self.causes[0].lever


@dataclass(frozen=True)
class ResultStep:
    """One step of the customer result: of customers, of what belongs to no customer, and of the company, which is their sum."""

    name: str
    customers: Decimal | None
    unallocated: Decimal | None

    @property
    def company(self) -> Decimal | None:
        """Customers and unallocated together."""
        return None if self.customers is None or self.unallocated is None else self.customers + self.unallocated


@dataclass(frozen=True)
class Yardstick:
    """One way to measure customers: its sum, customers below zero, the correlation of its places with those by revenue, and the
    share of the first fifth by revenue that stays in the first fifth."""

    name: str
    amount: Decimal
    below_zero: int
    agreement: float | None
    kept: float | None


@dataclass(frozen=True)
class RankChange:
    """A customer by all yardsticks: amounts and places by name (revenue, db1 .. db4); change: places won from revenue to the last one."""

    customer_id: str
    amounts: dict[str, Decimal]
    places: dict[str, int]
    change: int


@dataclass(frozen=True)
class CustomerResult:
    """The customer result of a run over a year, or over all of them (None): the data of its report.

    steps: gross, discount, bonus, revenue, cash_discount, net, goods, db1, marketing, db2, sales, db3, service, logistics, db4;
    from marketing on None where nothing is known of cost to serve. owners: the same by owner ("customers" or the reason why
    something belongs to none) and year. estimated: part of db1 that rests on margins of other lines. assumed: cost to serve at
    rates of the preset. whale: how db4 is spread. losses: customers below zero by cause: (cause, customers, db4, excess).
    left_out: objectors in none of the lists.
    """

    run: str
    year: int | None
    years: tuple[int, ...]
    as_of: date
    currency: str
    title: str
    steps: tuple[ResultStep, ...]
    owners: tuple[dict[str, Any], ...]
    drivers: tuple[dict[str, Any], ...]
    estimated: Decimal
    assumed: Decimal
    whale: Concentration
    yardsticks: tuple[Yardstick, ...]
    movers: tuple[RankChange, ...]
    losses: tuple[tuple[str, int, Decimal, Decimal], ...]
    loss_makers: tuple[LossMaker, ...]
    notices: tuple[Notice, ...]
    left_out: int = 0


@dataclass(frozen=True)
class ResultLine:
    """One record behind a figure of a customer's result: where it stands, what it is, its exact money. mark: "estimated" or "assumed"."""

    figure: str
    day: date | None
    source: str
    file: str
    record: int
    what: str
    units: Decimal | None
    rate: Decimal | None
    amount: Decimal
    mark: str = ""


@dataclass(frozen=True)
class ResultLines:
    """A customer's result with the records behind it. figures: name -> money in cents, as in contribution.parquet; the lines of a
    figure add up to it, but for less than a cent a year from rounding. basis: run, as-of day, currency."""

    customer_id: str
    year: int | None
    figures: dict[str, Decimal | None]
    lines: tuple[ResultLine, ...]
    basis: dict[str, Any]

    def of(self, figure: str) -> tuple[ResultLine, ...]:
        """The lines behind one figure."""
        return tuple(line for line in self.lines if line.figure == figure)
