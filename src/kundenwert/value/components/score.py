"""Points on the criteria of the catalogue, the weighted score, and what it is worth in money (R17 to R20, R26).

Schüller (2016): twelve criteria from 0 to 10. Krafft and Albers (2000) on scoring. 10 points are always favourable.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kundenwert.engines._engine import Reading
from kundenwert.errors import Problem, SettingsError
from kundenwert.records import Notice
from kundenwert.settings import Setting
from kundenwert.value.components._component import Basis, Built, Component
from kundenwert.value.components._points import MEASURES, People, Rated, Sums, Told, compared, decide, dense, scale_of
from kundenwert.value.criteria import rules

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.records import Calibration, Catalogue, Criterion, Scoring
    from kundenwert.value.criteria._rule import Rule

# Features that rules read; one that a run does not know is empty.
_FEATURES = (
    "price_realisation",
    "price_against_peers",
    "promotion_share",
    "promotion_contribution_share",
    "bargain_share",
    "bargain_contribution_share",
    "days_beyond_terms",
    "disputed_share",
    "credit_index",
    "default_probability",
)
_MEASURES = tuple(f"measure_{place}" for place in range(1, MEASURES + 1))
_FACTS = tuple(f"fact_{place}" for place in range(1, MEASURES + 1))
_RATED = Notice("points_rating", "Rated by people ({fact_1:,.0f}): the mean of what they gave.")
_RATED_NOT_PERMITTED = Notice(
    "points_not_permitted", "Rated by people ({fact_1:,.0f}). No written permission is noted: name and logo must not be used."
)
_BOTH = Notice("points_both", "Mean of what the data say and of what people gave ({fact_1:,.0f}).")
_BARRED = Notice("points_barred", "Not judged: this is for companies only.")
_TOO_FEW = Notice("points_too_few", "People who rated: {fact_1:,.0f}. At least {fact_2:,.0f} are needed.")
_MISSING = Notice("points_missing", "Neither data nor a rating.")
# What the points of a customer on a criterion rest on, by the code that stands in `criterion_points`.
_CODES: Mapping[int, tuple[str, Notice | None]] = {
    1: ("data", None),
    2: ("both", _BOTH),
    3: ("rating", _RATED),
    4: ("rating", _RATED_NOT_PERMITTED),
    5: ("missing", _BARRED),
    6: ("missing", _TOO_FEW),
    7: ("missing", _MISSING),
}
_NOTHING_LISTED: Mapping[str, Any] = {
    "place": 0,
    "code": 0,
    "criterion": "",
    "provenance": "",
    "basis": "",
    "weight": "0",
    "share": 0.0,
    "is_money": False,
    "is_flag": False,
    "tariff": "0",
}
BASES = (_RATED, _RATED_NOT_PERMITTED, _BOTH, _BARRED, _TOO_FEW, _MISSING)


def weighted(points: Sequence[float | None], weights: Sequence[float]) -> tuple[float | None, float]:
    """Score and coverage: S = sum of w p over the criteria with points / sum of their w; coverage = their share of all weights.

    points: 0 to 10, None where nothing is known. weights: at least 0, of the same length. Source: definitions, Points; value-models 3.4.

    >>> score, coverage = weighted([8, 7, 9, 8, 6, 3, 5, 9, 8, 4, 7, 5], [.12, .20, .06, .10, .10, .08, .05, .08, .08, .07, .02, .04])
    >>> round(score, 10), round(coverage, 10)
    (6.77, 1.0)
    >>> weighted([8, None], [1, 3])
    (8.0, 0.25)
    """
    known = [(weight, point) for weight, point in zip(weights, points, strict=True) if point is not None]
    present, total = sum(weight for weight, _ in known), sum(weights)
    return (sum(weight * point for weight, point in known) / present if present else None), (present / total if total else 0.0)


def annuity(rate: float, years: float) -> float:
    """What 1 at the end of each year is worth today. rate: a year, effective; years: at least 0, need not be whole.

    >>> round(annuity(0.10, 5), 6), annuity(0.0, 5)
    (3.790787, 5.0)
    """
    return (1.0 - (1.0 + rate) ** -years) / rate if rate else float(years)


def _build(engine: Engine, basis: Basis) -> Built:
    catalogue = basis.scoring.catalogue
    breaks = judge(engine, basis)
    notices = [*_money(engine, basis), *_notices(engine, catalogue)]
    engine.table(
        "component_score",
        "value/components/score.sql",
        lead_points=basis.options["lead_points"],
        high=basis.options["high"],
        low=basis.options["low"],
    )
    (facts,) = engine.rows("value/components/score_facts.sql")
    counted = engine.rows("value/components/score_counts.sql")
    found = {
        **facts,
        "money_sum": None if facts["money_sum"] is None else str(facts["money_sum"]),
        "version": catalogue.version,
        "money": catalogue.money,
        "rule": RULES.get(catalogue.money, ""),
        "criteria": [_counted(one, catalogue, counted) for one in catalogue.criteria],
        "calibration": _calibration(basis.scoring.calibration) if catalogue.money == "calibrated" else None,
    }
    kept = {"catalogue": catalogue.as_json(), "version": catalogue.version, "breaks": breaks}
    return Built(found, tuple(notices), kept=kept, files={"scores": "value/components/scores.sql"}, behind=_tables_of(catalogue))


def _tables_of(catalogue: Catalogue) -> tuple[str, ...]:
    """The tables that the rows of scores.parquet are read from."""
    points = (f"criterion_points_{place}" for place in range(len(catalogue.criteria)))
    return ("criterion_points", *points, "criterion_points_none", "criterion_customers", "score_sums", "score_money")


RULES = {
    "pool": "score / sum of scores x pool; replaces clv in a view, never added to it",
    "calibrated": "contribution of the next 12 months learned from the scores of a year ago; a forecast with bounds, never added",
    "tariff": "points x amount a point and year x annuity over the value horizon, for image, outlook, likeability and information",
}


def _counted(criterion: Criterion, catalogue: Catalogue, counted: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    own = {row["provenance"]: row["customers"] for row in counted if row["criterion"] == criterion.name}
    return {"name": criterion.name, "weight": catalogue.share(criterion), **{kind: own.get(kind, 0) for kind in _PROVENANCES}}


_PROVENANCES = ("data", "rating", "both", "missing")


def _calibration(found: Calibration) -> dict[str, Any]:
    told = {"cut": found.cut, "customers": found.customers, "skill": found.skill, "held": found.held}
    return {**told, "verdict": str(found.verdict) if found.verdict else None}


# ---- points -----------------------------------------------------------------------------------------------------------


def judge(engine: Engine, basis: Basis) -> dict[str, list[list[float]]]:
    """Makes `criterion_points` (one row a customer and criterion) and `score_sums`; gives the breakpoints of every measure compared.

    Breakpoints of an earlier run are used again where it knew the measure, so that points mean the same from run to run.
    """
    scoring = basis.scoring
    _open(engine, basis, scoring)
    people = _people(engine)
    sums = Sums(len(people.is_private), scoring.catalogue.total_weight)
    breaks: dict[str, list[list[float]]] = {}
    known, made = rules(), []
    for place, criterion in enumerate(scoring.catalogue.criteria):
        rule = known.get(criterion.rule)
        told, scale = _read(engine, basis, criterion, rule, sums.customers)
        breaks.update(scale)
        points = decide(criterion, people, told, _rated(engine, criterion, sums.customers), combines=bool(rule and rule.combines))
        sums.add(criterion, points.points)
        made.append(f"criterion_points_{place}")
        engine.load("criterion_loaded", points.columns())
        engine.table(made[-1], "value/components/score_points.sql", place=place)
    engine.table("criterion_points_none", "value/components/score_no_points.sql")
    engine.union("criterion_points", [*made, "criterion_points_none"])
    _sum(engine, basis, sums)
    return breaks


def _people(engine: Engine) -> People:
    import numpy as np

    found = engine.arrays("value/components/score_people.sql")
    natural = np.ma.asarray(found["is_natural"])
    # Of whom nothing tells it, may be a natural person.
    return People(np.asarray(found["is_private"]) > 0, np.ma.filled(natural, 0) > 0, np.ma.filled(natural, 1) > 0)


def _rated(engine: Engine, criterion: Criterion, customers: int) -> Rated:
    found = engine.arrays("value/components/score_rated.sql", criterion=criterion.name)
    points, people, permitted = dense(found, ("points", "people", "is_permitted"), customers)
    return Rated(points, people, permitted > 0)


def _sum(engine: Engine, basis: Basis, sums: Sums) -> None:
    import numpy as np

    engine.load("criterion_sums", {"row_place": np.arange(1, sums.customers + 1), **sums.found})
    engine.table("score_sums", "value/components/score_sums.sql", least=basis.options["least_coverage"])
    for table in ("criterion_sums", "criterion_loaded", "criterion_ratings"):
        engine.drop(table)


def _open(engine: Engine, basis: Basis, scoring: Scoring) -> None:
    """What every criterion reads: the customers in order, who is a person, what people gave, and the features as numbers."""
    words = [(name.strip().lower(), one.name, one.permission) for one in scoring.catalogue.criteria for name in one.names] or [
        ("", "", False)
    ]
    engine.load("criteria_words", dict(zip(("word", "criterion", "permission"), map(list, zip(*words, strict=True)), strict=True)))
    engine.script("tables/company/persons.sql")
    engine.table("criterion_customers", "value/components/score_customers.sql")
    engine.table("criterion_ratings", "value/components/score_ratings.sql", as_of=basis.as_of, until=scoring.until)
    _list(engine, scoring.catalogue)
    there = engine.columns("customer_features")
    absent = Reading(type="DOUBLE")
    readings = {name: Reading((name,), type="DOUBLE") if name in there else absent for name in _FEATURES}
    engine.project("criterion_features", "customer_features", {"customer_id": Reading(("customer_id",)), **readings})


def _read(
    engine: Engine, basis: Basis, criterion: Criterion, rule: Rule | None, customers: int
) -> tuple[Told, dict[str, list[list[float]]]]:
    """The points of one criterion as data tell them, and the breakpoints used, by the name of the measure."""
    import numpy as np

    if rule is None or not rule.can_be_told(basis.given):
        nothing = np.full(customers, np.nan)
        return Told(nothing, (nothing,) * MEASURES, np.zeros(customers, dtype=np.bool_)), {}
    if criterion.column:
        _open_column(engine, criterion)
    bound = {"as_of": basis.as_of, "sign": -1.0 if criterion.best == "low" else 1.0, **basis.options}
    engine.table("criterion_found", rule.step, in_any_order=True, **{name: bound[name] for name in rule.binds})
    found = engine.arrays("value/components/score_placed.sql")
    facts, (weak,) = dense(found, _FACTS, customers), dense(found, ("is_weak",), customers)
    if not rule.compares:
        return Told(dense(found, ("points",), customers)[0], tuple(facts), weak > 0), {}
    measures = dense(found, _MEASURES, customers)
    name = f"column {criterion.column} {criterion.best}" if criterion.column else criterion.rule
    name += "".join(f" with {entry}" for entry in rule.varies_with if entry in basis.given)
    stored = basis.scoring.breaks.get(name)
    scale = [list(row) for row in stored] if stored else scale_of(measures)
    return Told(compared(measures, scale), tuple(facts), weak > 0), {name: scale} if scale else {}


def _open_column(engine: Engine, criterion: Criterion) -> None:
    """View `criterion_column` over the value table or the features. Raises SettingsError where neither has a number of that name."""
    for view in ("judged", "customer_features"):
        kind = engine.columns(view).get(criterion.column, "")
        if kind.startswith(("DECIMAL", "DOUBLE", "FLOAT")) or kind.endswith("INT") or kind == "INTEGER":
            readings = {"customer_id": Reading(("customer_id",)), "value": Reading((criterion.column,), type="DOUBLE")}
            engine.project("criterion_column", view, readings)
            return
    came = f"The criterion {criterion.name!r} is to be read from column {criterion.column!r}, which is no number of this run."
    expected = "a column of numbers in customers.parquet or features.parquet of the project's last run."
    raise SettingsError(Problem(came, expected, "correct column = ... under [criteria.own].", file="kundenwert.toml"))


def _list(engine: Engine, catalogue: Catalogue) -> None:
    """Makes `criterion_list`: of each criterion, for each code that points may carry, what it is called and what it counts."""
    known = rules()
    rows: list[Mapping[str, Any]] = [
        {
            "place": place,
            "code": code,
            "criterion": one.name,
            "provenance": provenance,
            "basis": notice.text if notice else known[one.rule].basis.text if one.rule else "",
            "weight": str(one.weight),
            "share": catalogue.share(one),
            "is_money": one.is_money,
            "is_flag": one.is_flag,
            # A name that must not be used brings no money.
            "tariff": "0" if notice is _RATED_NOT_PERMITTED else str(catalogue.tariff.get(one.name, 0)),
        }
        for place, one in enumerate(catalogue.criteria)
        for code, (provenance, notice) in _CODES.items()
    ] or [_NOTHING_LISTED]
    engine.load("criterion_list_as_text", {name: [row[name] for row in rows] for name in rows[0]})
    engine.table("criterion_list", "value/components/score_list.sql")


# ---- money ------------------------------------------------------------------------------------------------------------


def _money(engine: Engine, basis: Basis) -> Iterator[Notice]:
    """Makes `score_money`: customer_id, money, lower, upper, by the rule of the catalogue; gives what a reader must know of it."""
    catalogue, calibration = basis.scoring.catalogue, basis.scoring.calibration
    if catalogue.money == "pool" and (catalogue.pool is not None or "value.money" in basis.given):
        engine.table("score_money", "value/components/score_pool.sql", pool=catalogue.pool)
    elif catalogue.money == "tariff":
        factor = annuity(basis.discount_rate, basis.value_horizon_days / 365.25)
        engine.table("score_money", "value/components/score_tariff.sql", factor=factor)
    elif catalogue.money == "calibrated" and calibration.is_told:
        _calibrated(engine, calibration)
    else:
        engine.table("score_money", "value/components/score_no_money.sql")
    if catalogue.money == "calibrated" and calibration.verdict:
        yield calibration.verdict


def _calibrated(engine: Engine, found: Calibration) -> None:
    import numpy as np

    from kundenwert.stats.calibration import places

    shares = places(np.asarray(engine.arrays("value/components/score_scores.sql")["score"], dtype=np.float64))
    columns = {
        name: np.round(np.interp(shares, found.places, getattr(found, name)), 2) if len(shares) else np.zeros(1)
        for name in ("money", "lower", "upper")
    }
    engine.load("score_forecast", {"place": np.arange(1, max(len(shares), 1) + 1), **columns})
    engine.table("score_money", "value/components/score_calibrated.sql")


def _notices(engine: Engine, catalogue: Catalogue) -> Iterator[Notice]:
    (found,) = engine.rows("value/components/score_told.sql")
    if found["customers"] and not found["rated"] and catalogue.total_weight:
        text = (
            "No customer has a score: for nobody are criteria known that make up enough of the weights. "
            "Ratings by people, payments, activities and list prices would add to them."
        )
        yield Notice("no_score", text)
    if found["not_permitted"]:
        text = (
            "Customers rated on {criteria} without a note of a written permission: {count}. Their points count; "
            "their names and logos must not be used."
        )
        names = ", ".join(one.name for one in catalogue.criteria if one.permission)
        yield Notice("image_without_permission", text, {"count": found["not_permitted"], "criteria": names})


def _line(row: Mapping[str, Any]) -> Notice | None:
    if row["score"] is None and not row["points_possible"]:
        return None
    if row["score"] is None:
        text = "{total:,.0f} of {possible:,.0f} points on the criteria that are known; too few for a score ({coverage:.0%} of the weights)."
        values = {"total": row["points_total"], "possible": row["points_possible"], "coverage": row["coverage"]}
        return Notice("score_not_told", text, values)
    text = "Score {score:.2f} of 10 ({total:,.0f} of {possible:,.0f} points); {coverage:.0%} of the weights are known."
    values = {"score": row["score"], "total": row["points_total"], "possible": row["points_possible"], "coverage": row["coverage"]}
    return Notice("score", text, values)


def _share(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError("a share from 0 to 1")
    return float(value)


def _points_setting(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 10:
        raise ValueError("points from 0 to 10")
    return float(value)


def _days(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 36_525:
        raise ValueError("a whole number of days from 0 to 36525")
    return value


PLUGIN = Component(
    title="Points and score",
    formula="S = sum of w p over the criteria with points / sum of their w, p from 0 to 10; no S below 60 % of all weights",
    source="Schüller 2016 (12 criteria); Krafft and Albers 2000 (scoring); definitions, Points",
    columns={
        "score": "Weighted score from 0 to 10 over the criteria with points; empty below the least coverage.",
        "coverage": "Share of the weights whose criteria have points.",
        "points_total": "Unweighted sum of the points of all criteria with a weight.",
        "points_possible": "What that sum could be at most: 10 for each criterion with points.",
        "score_ideational": "Score over the criteria that are not already in contribution or clv, with the same least coverage.",
        "score_money": "Money equivalent by the rule of [criteria] money, in the reporting currency; another view, not added to clv.",
        "score_money_lower": "Lower end of its 90 % interval; only where it is a forecast (calibrated).",
        "score_money_upper": "Upper end of its 90 % interval; only where it is a forecast (calibrated).",
        "lead_customer": "Whether people rated the customer as one who tries new products first; empty where nobody did.",
        "conflict": "money_high: high clv and low ideational score; points_high: the other way round; else empty.",
    },
    build=_build,
    options=(
        Setting("least_coverage", 0.6, "Share of the weights that must be known for a score.", _share),
        Setting(
            "new_days", 90, "Days from the first purchase on in which a customer is too new for points on the purchase history.", _days
        ),
        Setting("referral_days", 365, "Days as a customer after which having recommended nobody counts as 0 points.", _days),
        Setting("lead_points", 7.0, "Points from which on a rating makes a lead customer.", _points_setting),
        Setting("high", 0.75, "Share of customers from which on clv or ideational score count as high, for conflicts.", _share),
        Setting("low", 0.25, "Share of customers up to which they count as low.", _share),
    ),
    line=_line,
)
