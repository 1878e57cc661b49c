"""What a customer is worth to the company beside what the company is worth to him: value and satisfaction in one picture (R35)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from kundenwert.records import Notice
from kundenwert.settings import Setting
from kundenwert.value.components._component import Basis, Built, Component
from kundenwert.value.components._options import number, whole
from kundenwert.value.components._rated import load_rated
from kundenwert.value.components._reading import if_given, words

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine

# Halfway between 6, the best grade of a detractor, and 7, the lowest of a passive.
NEUTRAL: Final = 6.5
# Of fewer answers no interval is told.
_LEAST: Final = 10
FIELDS: Final = ("high_satisfied", "high_dissatisfied", "low_satisfied", "low_dissatisfied")
"""Value high or low, then satisfaction."""
_ASKED: Final = ("nps", "weiterempfehlungsbereitschaft", "weiterempfehlung", "likelihood to recommend")
_CRITERIA: Final = ("zufriedenheit", "kundenzufriedenheit", "satisfaction", "customer satisfaction", *_ASKED)


def field_of(value: float, satisfaction: float, value_limit: float, limit: float = NEUTRAL) -> str:
    """The field of a customer; who reaches a limit is above it. value and value_limit in one unit, satisfaction and limit from 0 to 10.

    >>> field_of(500, 3, 400), field_of(400, 6.5, 400), field_of(399, 6.4, 400)
    ('high_dissatisfied', 'high_satisfied', 'low_dissatisfied')
    """
    return FIELDS[2 * (value < value_limit) + (satisfaction < limit)]


def net_promoter_score(promoters: int, passives: int, detractors: int) -> float | None:
    """Share of the promoters less that of the detractors, from -1 to 1; None without an answer. Source: Reichheld 2003 (HBR 81(12)).

    >>> net_promoter_score(5, 3, 2), net_promoter_score(0, 0, 0)
    (0.3, None)
    """
    answers = promoters + passives + detractors
    return (promoters - detractors) / answers if answers else None


def score_interval(promoters: int, passives: int, detractors: int, z: float = 1.6448536269514722) -> tuple[float, float] | None:
    """The interval of a net promoter score (90 % unless z says otherwise) by the normal law, within -1 and 1; None below ten answers.

    >>> score_interval(50, 30, 20), score_interval(5, 3, 1)
    ((0.172, 0.428), None)
    """
    answers = promoters + passives + detractors
    if answers < _LEAST:
        return None
    score = (promoters - detractors) / answers
    width = z * ((promoters + detractors) / answers - score * score) ** 0.5 / answers**0.5
    return round(max(score - width, -1.0), 3), round(min(score + width, 1.0), 3)


def _build(engine: Engine, basis: Basis) -> Built:
    # Who was asked whether he would recommend us: the same words or the column of the customer records.
    load_rated(engine, basis, basis.options["recommend_criteria"], basis.options["days"])
    engine.table(
        "asked_to_recommend", "value/components/satisfaction_asked.sql", in_any_order=True, as_of=basis.as_of, days=basis.options["days"]
    )
    engine.drop("rated")
    load_rated(engine, basis, basis.options["criteria"], basis.options["days"])
    value_limit = basis.options["value_limit"]
    if value_limit is None:
        value_limit = engine.rows("value/components/satisfaction_median.sql")[0]["value"]
    engine.table(
        "component_satisfaction",
        "value/components/satisfaction.sql",
        in_any_order=True,
        as_of=basis.as_of,
        days=basis.options["days"],
        limit=basis.options["limit"],
        value_limit=value_limit,
    )
    (facts,) = engine.rows("value/components/satisfaction_facts.sql", value_limit=value_limit)
    found = {row.pop("field"): _plain(row) for row in engine.rows("value/components/satisfaction_fields.sql")}
    (asked,) = engine.rows("value/components/satisfaction_asked_facts.sql")
    for table in ("rated", "asked_to_recommend"):
        engine.drop(table)
    nothing = {"customers": 0, "value": None, "clv": None}
    told = {**asked, "score": net_promoter_score(**asked), "interval": score_interval(**asked)}
    # Without the question itself all grades that were asked or judged; those of complaints come from people who complained.
    score = told["score"]
    if score is None and not facts["from_complaints"]:
        score = net_promoter_score(facts["promoters"], facts["passives"], facts["detractors"])
    limits = {"value_limit": value_limit, "limit": basis.options["limit"]}
    fields = {field: found.get(field, nothing) for field in FIELDS}
    return Built({**facts, **limits, "net_promoter_score": score, "asked": told, "fields": fields})


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(amount) if name != "customers" and amount is not None else amount for name, amount in row.items()}


_LINES: Final = {
    "rating": "Of high value and dissatisfied: {grade:.1f} of 10, as asked or judged.",
    "complaints": "Of high value and dissatisfied: {grade:.1f} of 10, by the grade for the last complaint.",
}
_PLAIN_LINES: Final = {
    "rating": "Satisfaction: {grade:.1f} of 10, as asked or judged.",
    "complaints": "Satisfaction: {grade:.1f} of 10, by the grade for the last complaint.",
}


def _line(row: Mapping[str, Any]) -> Notice | None:
    if row["satisfaction"] is None:
        return None
    lines = _LINES if row["satisfaction_field"] == "high_dissatisfied" else _PLAIN_LINES
    return Notice("satisfaction", lines[row["satisfaction_source"]], {"grade": row["satisfaction"]})


PLUGIN = Component(
    title="Satisfaction beside value",
    formula="field: value >= the limit or not, satisfaction >= the limit or not; a grade of a complaint from 1 to 5 is 2.5 x (grade - 1)",
    source="value of the customer and value for the customer (R35); limit between detractors and others after Reichheld 2003 (HBR 81(12))",
    columns={
        "satisfaction": "How content the customer is, from 0 to 10; empty where nobody knows.",
        "satisfaction_source": "rating: asked or judged by people; complaints: the grade for how the last complaint was handled.",
        "satisfaction_field": "high_satisfied, high_dissatisfied, low_satisfied or low_dissatisfied: value, then satisfaction.",
        "recommends": "What the customer answered when asked whether he would recommend us, 0 to 10; empty where nobody asked.",
        "recommends_group": "promoter (9 or 10), passive (7 or 8) or detractor (up to 6), by that answer.",
    },
    build=_build,
    needs=(("complaints.satisfaction", "ratings.points", "register.ratings", "customers.nps"),),
    options=(
        Setting("criteria", _CRITERIA, "Names of the criteria that say how content a customer is, among ratings from 0 to 10.", words),
        Setting("recommend_criteria", _ASKED, "Those of them that are the question whether somebody would recommend us.", words),
        Setting("limit", NEUTRAL, "From which grade of 0 to 10 on a customer counts as satisfied.", number(0.0, 10.0)),
        Setting(
            "value_limit",
            None,
            "From which value on it counts as high; left out: the median of the customers.",
            if_given(number(-1e12, 1e12)),
        ),
        Setting("days", 730, "How many days before the as-of day a grade still counts.", whole(1, 36_500)),
    ),
    line=_line,
)
