"""Invented findings of the components of value, as a run's manifest keeps them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import report_samples as sample

from kundenwert.records import Agreement, Field, Portfolio, RunFigures, ScoreBands, StageFlow, ValueAndSatisfaction

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
        "agreement": {
            "measures": list(agreement().measures),
            "spearman": matrix,
            "top_20": matrix,
            "top_tenth": matrix,
            "customers": [[100] * 4] * 4,
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
    return replace(base or sample.SCENES["contribution"](), components=facts(), lists=lists)
