"""What a customer's word may bring or cost in a year: reach, weight of the opinion and satisfaction (R14, R34, R68)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from kundenwert.records import Notice
from kundenwert.settings import Setting
from kundenwert.value.components._component import Basis, Built, Component
from kundenwert.value.components._options import number
from kundenwert.value.components._rated import load_rated
from kundenwert.value.components._reading import if_given, words
from kundenwert.value.components.satisfaction import NEUTRAL

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from kundenwert.engines._engine import Engine

    Floats = NDArray[np.float64]

# From fewer recommended customers neither rate nor volume is counted.
LEAST: Final = 10
_CRITERIA: Final = ("empfehlungswert", "imagefaktor")


def satisfaction_factor(grade: ArrayLike, neutral: float = NEUTRAL) -> Floats:
    """How a grade turns reach into good or bad word of mouth: 1 at grade 10, 0 at `neutral`, -1 at grade 0, straight lines in between.

    grade: 0 to 10, any shape; neutral: above 0 and below 10. Own rule; the limit is that between detractors and others.

    >>> satisfaction_factor([0, 6.5, 10]).tolist(), round(float(satisfaction_factor(9.3)), 9)
    ([-1.0, 0.0, 1.0], 0.8)
    """
    import numpy as np

    away = np.asarray(grade, dtype=np.float64) - neutral
    return np.where(away >= 0, away / (10.0 - neutral), away / neutral)


def reference_potential(contacts: ArrayLike, leadership: ArrayLike, factor: ArrayLike) -> Floats:
    """Contacts that listen, with the sign of what they hear: contacts x degree of opinion leadership x satisfaction factor.

    contacts: at least 0; leadership: 0 to 1; factor: -1 to 1; they broadcast. Source: Cornelsen 2000, operational form.

    >>> round(float(reference_potential(30, 0.6, 0.8)), 9)
    14.4
    """
    import numpy as np

    listening: Floats = np.asarray(contacts, dtype=np.float64) * np.asarray(leadership) * np.asarray(factor)
    return listening


def reference_value(potential: ArrayLike, rate: ArrayLike, volume: ArrayLike) -> Floats:
    """What that is worth: potential x share of these contacts who become customers (0 to 1) x what one of them brings, in money.

    >>> round(float(reference_value(14.4, 0.05, 1200.0)), 9), round(float(reference_value(-14.4, 0.05, 1200.0)), 9)
    (864.0, -864.0)
    """
    import numpy as np

    worth: Floats = np.asarray(potential, dtype=np.float64) * np.asarray(rate) * np.asarray(volume)
    return worth


def _build(engine: Engine, basis: Basis) -> Built:
    options = basis.options
    load_rated(engine, basis, options["leadership"])
    engine.table("reference_potentials", "value/components/reference.sql", contacts=options["contacts"], neutral=options["neutral"])
    (counted,) = engine.rows("value/components/reference_counted.sql", as_of=basis.as_of)
    rate, rate_source = _rate(options["rate"], counted)
    volume, volume_source = _volume(options["volume"], counted)
    is_counted = (rate_source, volume_source) == ("counted", "counted")
    engine.table("component_reference", "value/components/reference_written.sql", rate=rate, volume=volume, is_counted=is_counted)
    (facts,) = engine.rows("value/components/reference_facts.sql")
    for table in ("rated", "reference_potentials"):
        engine.drop(table)
    missing = [name for name, known in (("contacts", facts["customers"]), ("rate", rate), ("volume", volume)) if not known]
    money = {name: None if facts[name] is None else str(facts[name]) for name in ("value", "detractors_value")}
    sources = {"rate": rate, "rate_source": rate_source, "volume": volume, "volume_source": volume_source}
    return Built({**facts, **money, **sources, "missing": missing}, tuple(_notices(options, facts, missing)))


def _rate(given: float | None, counted: Mapping[str, Any]) -> tuple[float | None, str]:
    if given is not None:
        return given, "given"
    if counted["came_in_year"] < LEAST or not counted["potential"]:
        return None, "unknown"
    return min(counted["came_in_year"] / counted["potential"], 1.0), "counted"


def _volume(given: float | None, counted: Mapping[str, Any]) -> tuple[float | None, str]:
    if given is not None:
        return given, "given"
    return (counted["volume"], "counted") if counted["recommended"] >= LEAST else (None, "unknown")


def _notices(options: Mapping[str, Any], facts: Mapping[str, Any], missing: list[str]) -> Iterator[Notice]:
    """Only where somebody has begun to ask for it."""
    if not missing or (not facts["customers"] and all(options[name] is None for name in ("contacts", "rate", "volume"))):
        return
    text = "No reference value in money: {what} missing. Give it under [components.reference], or note it in the data."
    yield Notice("reference_missing", text, {"what": ", ".join(missing)})


_LINES: Final = {
    True: "Good word: what the customer tells others may bring {amount:,.2f¤} a year; a potential, in no sum.",
    False: "Bad word: what the customer tells others may cost {amount:,.2f¤} a year; an estimate, in no sum.",
}


def _line(row: Mapping[str, Any]) -> Notice | None:
    if not row["reference_value"]:
        return None
    is_good = row["reference_value"] > 0
    return Notice("good_word" if is_good else "bad_word", _LINES[is_good], {"amount": abs(float(row["reference_value"]))})


PLUGIN = Component(
    title="Reference value",
    formula="contacts x opinion leadership x satisfaction factor x reference rate x reference volume; below zero for who is dissatisfied",
    source="Cornelsen 2000 (Kundenwertanalysen im Beziehungsmarketing), operational form; limit of satisfaction after Reichheld 2003",
    columns={
        "reference_potential": "Contacts who listen to the customer, below zero where they hear bad things; empty without an input.",
        "reference_value": "What that is worth in a year, in the reporting currency: a potential, never part of the value.",
        "reference_basis": "counted: contacts, rate and volume are counted; assumed: at least one of them is a setting.",
    },
    build=_build,
    needs=(("ratings.points", "register.ratings"), ("value.money",)),
    after=("satisfaction",),
    standing="potential",
    options=(
        Setting("leadership", _CRITERIA, "Criteria whose mean points, divided by 10, are the degree of opinion leadership.", words),
        Setting(
            "contacts",
            None,
            "Contacts of a customer whose record names none; left out: nothing is said of them.",
            if_given(number(0.0, 1e9)),
        ),
        Setting(
            "rate", None, "Share of the contacts reached who become customers in a year; left out: counted.", if_given(number(0.0, 1.0))
        ),
        Setting("volume", None, "What such a customer is worth; left out: the mean value of the recommended.", if_given(number(0.0, 1e12))),
        Setting("neutral", NEUTRAL, "Grade of 0 to 10 at which a customer says neither good nor bad.", number(0.5, 9.5)),
    ),
    line=_line,
)
