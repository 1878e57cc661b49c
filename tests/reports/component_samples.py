"""Invented findings of the components of value, as a run's manifest keeps them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import report_samples as sample

from kundenwert.records import Agreement, Field, Portfolio, RunFigures, ScoreBands, StageFlow, ValueAndSatisfaction
from kundenwert.records.assumptions import Assumption, Assumptions, Case
from kundenwert.records.components import Band, Quarters, RfmCells, Survival, TierFlow, Tried

STAGES = ("acquisition", "development", "retention", "win_back")


def portfolio() -> Portfolio:
    fields = tuple(Field(row, column, 10 * row + column, (row + column) / 18) for row in range(3) for column in range(3))
    return Portfolio(fields, (10 / 3, 20 / 3), ((8.0, 9.0, 50_000.0), (2.0, 3.0, 400.0)))


def stage_flow() -> StageFlow:
    return StageFlow(
        (("acquisition", "development", 5), ("development", "retention", 30), ("retention", "retention", 36), ("retention", "win_back", 4))
    )


def agreement() -> Agreement:
    return Agreement(
        ("revenue", "db4", "clv", "score"), ((1.0, 0.6, 0.9, 0.4), (0.6, 1.0, 0.7, 0.3), (0.9, 0.7, 1.0, 0.8), (0.4, 0.3, 0.8, 1.0))
    )


def score_bands() -> ScoreBands:
    return ScoreBands((0, 1, 4, 10, 20, 30, 18, 9, 3, 1))


def satisfaction() -> ValueAndSatisfaction:
    return ValueAndSatisfaction(
        (("high_satisfied", 9, 0.5), ("high_dissatisfied", 4, 0.3), ("low_satisfied", 6, 0.15), ("low_dissatisfied", 2, 0.05))
    )


def rfm() -> RfmCells:
    return RfmCells(((5, 5, 30, 0.6), (4, 4, 20, 0.297), (1, 5, 4, 0.1), (1, 1, 40, 0.003)))


def quarters(p: float | None = 0.001) -> Quarters:
    return Quarters((0.18, 0.32, 0.28, 0.22), (0.23, 0.27, 0.27, 0.23), p)


def tier_flow() -> TierFlow:
    return TierFlow(("I", "II"), (("II", "I", 3), ("I", "II", 2), ("II", "II", 80), (None, "II", 7), ("II", None, 1)))


def survival() -> Survival:
    return Survival(
        (
            ("Alt", ((0, 1.0), (12, 1.0), (60, 0.99))),
            ("Neu", ((0, 1.0), (12, 0.97), (60, 0.76))),
            ("Test", ((0, 1.0), (12, 0.99), (60, 0.98))),
        )
    )


def tried() -> Tried:
    low = Band(60, 0.3, 0.4, 0.32, 0.52, holds=False)
    middle = replace(low, predicted=0.7, share=0.72, lower=0.62, upper=0.8, holds=True)
    return Tried(date(2026, 1, 15), (low, middle, replace(low, predicted=0.9, share=0.92, lower=0.85, upper=0.97, holds=True)))


def assumptions() -> Assumptions:
    """A horizon that moves much, a margin that moves less."""
    wide = Assumption("value_horizon", 5.0, Case(3.0, 70_000.0, -30_000.0, -0.3, 0.01), Case(8.0, 140_000.0, 40_000.0, 0.4, 0.0))
    margin = Assumption("margin", 0.3, Case(0.27, 90_000.0, -10_000.0, -0.1, 0.0), Case(0.33, 110_000.0, 10_000.0, 0.1, 0.0))
    return Assumptions(
        run="2026-10-01",
        title="Muster GmbH",
        as_of=date(2026, 9, 30),
        created=datetime(2026, 10, 1, tzinfo=UTC),
        version="1.0",
        currency="EUR",
        yardstick="contribution",
        customers=100,
        chosen=10,
        total=100_000.0,
        rows=(wide, margin),
    )


def _rate(count: int, of: int, share: float | None) -> dict[str, Any]:
    return {"count": count, "of": of, "share": share, "interval": None if share is None else [share - 0.05, share + 0.05]}


def _tier(name: str | None, customers: int, share: float, clv: str, part: float) -> dict[str, Any]:
    sums = {"revenue": "9000.00", "clv": clv, "db4": "-120.00"}
    return {"grouping": "tier", "name": name, "customers": customers, "customer_share": share, "sums": sums, "shares": {"clv": part}}


def _spread(gini: float, negative: int, peak: float = 1.0) -> dict[str, Any]:
    whale = [[0.0, 0.0], [0.1, 0.4], [0.5, 0.9], [0.8, peak], [1.0, 1.0]]
    classes = {"A": {"customers": 20, "sum": "800.00", "share": 0.8}}
    return {"gini": gini, "hhi": 0.01, "peak": {"customers": 0.8, "share": peak}, "negative": negative, "classes": classes, "whale": whale}


def facts() -> dict[str, Any]:
    """What every component with a section may find."""
    matrix = [list(row) for row in agreement().correlation]
    share = {"precision": 0.36, "interval": [0.3, 0.43]}
    return {
        "tiers": {
            "measure": "clv",
            "by": "shares",
            "limits": {"I": 0.05, "II": 1.0},
            "tiers": [_tier("I", 5, 0.05, "40000.00", 0.4), _tier("II", 95, 0.95, "60000.00", 0.6), _tier(None, 2, 0.0, "0.00", 0.0)],
            "concentration": {"revenue": _spread(0.6, 0), "db4": _spread(1.1, 12, 1.17)},
            "moves": [
                {"before": "II", "now": "I", "customers": 3, "clv": "9.00"},
                {"before": "I", "now": "II", "customers": 2, "clv": "1.00"},
                {"before": None, "now": "II", "customers": 7, "clv": "1.00"},
            ],
            "class_moves": None,
        },
        "portfolio": {
            "limit": 5.0,
            "limits": [10 / 3, 20 / 3],
            "nine": {
                "invest_secure": {"customers": 30, "past": "8000.00", "clv": "9000.00"},
                "withdraw": {"customers": 50, "past": "2000.00", "clv": "100.00"},
            },
            "fields": {"star": {"customers": 30}, "incidental": {"customers": 50}},
            "without_field": 4,
            "moves": [["star", "star", 20], ["star", "earning", 5]],
            "nine_moves": [["invest_secure", "invest_secure", 20], ["withdraw", "invest_secure", 4], ["withdraw", "withdraw", 1]],
        },
        "lifecycle": {
            "limits": {"development_days": 365, "bound_purchases": 4, "silent_days": 365},
            "stages": {
                "development": {"customers": 30, "new": 12, "past": "100.00", "clv": "900.00"},
                "retention": {"customers": 60, "new": 20, "past": "100.00", "clv": "90000.00"},
            },
            "moves": [list(move) for move in stage_flow().moves],
        },
        "alert": {
            "judged": 90,
            "alerted": 17,
            "loss": "40700.00",
            "median_days_overdue": 85.0,
            "tried": {
                "day": "2026-01-15",
                "days": 258,
                "customers": 80,
                "stayed_away": 9,
                "alerted": 25,
                "hits": 9,
                "base_rate": 0.11,
                "recall": 0.73,
                **share,
                "first": [{"k": 20, "alerted": 20, "hits": 12, "precision": 0.6, "interval": [0.42, 0.76]}],
            },
        },
        "ladder": {
            "regular_purchases": 4,
            "counts": {"prospect": 33, "first": 12, "repeat": 20, "regular": 60, "recommender": 5},
            "leads": 50,
            "conversion": {"first": 0.4, "repeat": 0.9, "regular": 0.8, "recommender": None},
        },
        "referral": {"customers": 8, "value": "14360.00", "unknown": 3, "share_new": 0.5},
        "score": {
            "customers": 100,
            "rated": 96,
            "mean_coverage": 0.83,
            "mean_score": 5.5,
            "money_high": 2,
            "points_high": 1,
            "criteria": [
                {"name": "Deckungsbeitrag", "weight": 0.7, "data": 99, "rating": 0, "both": 0, "missing": 1},
                {"name": "Imagefaktor", "weight": 0.3, "data": 0, "rating": 10, "both": 5, "missing": 85},
            ],
        },
        "satisfaction": {
            "customers": 100,
            "known": 21,
            "from_complaints": 21,
            "high_value_unknown": 30,
            "fields": {name: {"customers": count, "value": str(part), "clv": "1.00"} for name, count, part in satisfaction().fields},
        },
        "cross_selling": {
            "shown": False,
            "why": "no_better",
            "look_back": {"customers": 49, "hits": 19, "popular_hits": 18, "hit_rate": 0.388, "popular_hit_rate": 0.367},
        },
        "potential": {
            "reach": 0.25,
            "potentials": [{"basis": "peers", "customers": 54, "gap": "54900.00", "within_reach": "13725.00"}],
            "map": {"by": "segment", "gaps": [["Kleinkunde", "Werkzeug", "21311.54"], ["Stammkunde", "Farbe", "0.00"]]},
            "offers": {"open": [{"stage": "offen", "open": 4, "chance": 0.37, "amount": "23504.00"}]},
            "leads": {"open": 6, "expected": "13142.00"},
        },
        **_facts_of_groups(),
        **_facts_of_buying(),
        **_facts_of_words(),
        **_facts_of_ways(),
        "agreement": {
            "measures": list(agreement().measures),
            "spearman": matrix,
            "top_20": matrix,
            "top_tenth": matrix,
            "customers": [[100] * 4] * 4,
        },
    }


def _segment(grouping: str, name: str | None, customers: int, part: float, clv: str) -> dict[str, Any]:
    sums = {"clv": clv, "db4": "10.00", "potential": "5.00"}
    return {
        "grouping": grouping,
        "name": name,
        "customers": customers,
        "customer_share": customers / 100,
        "sums": sums,
        "shares": {"clv": part},
    }


def _facts_of_groups() -> dict[str, Any]:
    segments = [
        _segment("industry", "Hochbau", 60, 0.5, "50000.00"),
        _segment("industry", None, 40, 0.5, "50000.00"),
        _segment("kind", "b2b", 80, 0.6, "60000.00"),
        _segment("kind", "b2c", 20, 0.4, "40000.00"),
        _segment("segment", "Klein", 70, 0.4, "40000.00"),
        _segment("segment", "Stamm", 25, 0.5, "50000.00"),
        _segment("segment", "…", 5, 0.1, "10000.00"),
    ]
    return {
        "segments": {"by": ["segment", "industry", "kind"], "teams": None, "segments": segments},
        "top_chance": {"share": 0.1, "threshold": 4000.0, "customers": 100, "top": 10, "top_expected": 7.4, "top_unsure": 2, "certain": 1},
    }


def _facts_of_buying() -> dict[str, Any]:
    years = [
        {"span": "last", "customers": 90, "purchases": 450, "revenue": "90000.00", "per_customer": 5.0, "basket": "200.00"},
        {"span": "before", "customers": 80, "purchases": 480, "revenue": "96000.00", "per_customer": 6.0, "basket": "200.00"},
    ]
    bands = [
        {"customers": one.customers, "predicted": one.predicted, "bought": 24, "share": one.share, "interval": [one.lower, one.upper],
         "holds": one.holds}
        for one in tried().bands
    ]  # fmt: skip
    told = {"predicted": 0.86, "share": 0.87, "interval": [0.84, 0.89], "holds": True, "customers": 120, "bought": 104, "off": 0.05}
    shares = {"share": list(quarters().share), "even": list(quarters().even), "p": quarters().p}
    tariff = {"ended": 4, "running": 40, "is_own": True, "churn": 0.004}
    return {
        "rhythm": {
            "bought_in_year": 90,
            "median_gap": 22.5,
            "with_median_gap": 80,
            "with_season": 3,
            "tested_for_season": 60,
            "due_in_30_days": 44,
            "quarters": shares,
            "years": years,
        },
        "loyalty": {
            "customers": 100,
            "has_years": True,
            "median": {"orders_a_year": 5.2, "order_value": 210.0, "tenure_years": 1.9, "expected_years": 4.1},
        },
        "rfm": {
            "period_days": 0,
            "ties": "highest rank",
            "cells": [
                {"recency": recency, "frequency": frequency, "customers": customers, "revenue": "1.00", "clv": str(1000 * (part or 0))}
                for recency, frequency, customers, part in rfm().cells
            ],
        },
        "retention": {
            "days": 365.0,
            "told": 100,
            "expected_to_buy": 82.4,
            "stays_told": 100,
            "expected_to_stay": 80.2,
            "by_contract": 7,
            "tried": {"day": "2026-01-15", "days": 258, "bands": bands, **told},
        },
        "contracts": {
            "months": 60,
            "margin": 0.23,
            "is_margin_assumed": True,
            "tariffs": [
                {**tariff, "name": name, "survival": {str(month): share for month, share in points}} for name, points in survival().tariffs
            ],
            "free": {"contracts": 30, "converted": 4, "ended": 3, "conversion": 0.02, "churn": 0.01, "is_known": True, "value": 1.9},
        },
    }


def _facts_of_words() -> dict[str, Any]:
    cohort = {"customers": 20, "repurchase": _rate(17, 20, 0.85), "recommendation": _rate(1, 20, 0.05)}
    return {
        "recommendation": {
            "repurchase_days": 365,
            "year": {
                "repurchase": _rate(89, 100, 0.89),
                "recommendation": _rate(3, 100, 0.03),
                "new_by_recommendation": _rate(5, 20, 0.25),
            },
            "cohorts": [
                {"cohort": "earlier", "customers": 80, "repurchase": _rate(0, 0, None), "recommendation": _rate(4, 80, 0.05)},
                {"cohort": "2025-Q1", **cohort},
            ],
            "complaints": {
                "settled_days": 14,
                "days": 180,
                "settled": _rate(30, 40, 0.75),
                "not_settled": _rate(10, 20, 0.5),
                "well": _rate(38, 40, 0.95),
                "badly": _rate(12, 20, 0.6),
                "settled_less_not": {"difference": 0.25, "interval": [0.04, 0.4]},
                "well_less_badly": {"difference": 0.35, "interval": [0.2, 0.5]},
            },
        },
        "reference": {"customers": 37, "value": None, "detractors": 10, "detractors_value": None, "missing": ["rate"]},
        "information": {"customers": 34, "ideas": 93.0, "rated": 0, "value": None, "is_in_tariff": False},
        "cooperation": {"customers": 8, "projects": 8, "unsourced": 1, "stale": 0, "without_effort": 0, "value": "5300.00"},
    }


def _facts_of_ways() -> dict[str, Any]:
    group = {"name": "Klein", "customers": 60, "stayed": 53, "is_own": True, "active": 66, "retention": 0.88, "low": 0.85, "high": 0.9}
    worth = {"end": 4.0, "today": 5.0, "beyond": 0.33}
    return {
        "margin_multiple": {
            "by": "segment",
            "margin": "db4",
            "rate": 0.1,
            "growth": 0.0,
            "given": False,
            "groups": [{**group, **worth}, {**group, **worth, "name": "Stamm", "active": 20, "is_own": False}],
        },
        "credit_risk": {"customers": 50, "loss": "700.00", "not_companies": 3, "outside": 1, "bands": [[217.0, 0.0015], [259.0, 0.005]]},
        "peers": {
            "by": ["industry", "region"],
            "quantile": 0.75,
            "least": 30,
            "compared": [
                {"compared_by": "industry, region", "customers": 60, "groups": 2, "gap": "20000.00"},
                {"compared_by": "none", "customers": 5, "groups": 0, "gap": "0.00"},
            ],
        },
        "price_gap": {"customers": 90, "below": 14, "price_gap": "11700.00", "change": "330.00"},
        "migration": {
            "period_days": 91,
            "margin": "db1",
            "margin_of_period": 649.65,
            "cost_of_period": 143.09,
            "rate_of_period": 0.024,
            "chances": [
                {"state": 1, "bought": 80, "customers": 95, "chance": 0.84, "is_own": True},
                {"state": 2, "bought": 20, "customers": 40, "chance": 0.5, "is_own": True},
                {"state": 3, "bought": 1, "customers": 9, "chance": 0.15, "is_own": False},
            ],
            "states": [
                {"state": 1, "customers": 80, "value": "900.00", "stops": 1},
                {"state": 2, "customers": 15, "value": "90.00", "stops": 3},
                {"state": 4, "customers": 5, "value": "0.00", "stops": 0},
            ],
        },
    }


def conflict(number: int, kind: str = "money_high") -> dict[str, Any]:
    return {"customer_id": f"W{number:04d}", "conflict": kind, "clv": sample.money(9000 - number), "score": 4.2, "score_ideational": 1.5}


def figures(base: RunFigures | None = None) -> RunFigures:
    """A run of which all components found something."""
    bands = tuple({"band": band, "customers": count} for band, count in enumerate(score_bands().customers) if count)
    spots = ({"position": 8.0, "attractiveness": 9.0, "amount": 5000.0},)
    lists: dict[str, tuple[dict[str, Any], ...]] = {
        "portfolio": spots,
        "score": bands,
        "conflicts": (conflict(1), conflict(2), conflict(3, "points_high")),
    }
    return replace(base or sample.SCENES["contribution"](), components=facts(), lists=lists, assumptions=assumptions())
