"""What ideas of customers are worth: how many, which share can be used, what one brings and what handling one costs (R34)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from kundenwert.records import Notice
from kundenwert.settings import Setting
from kundenwert.value.components._component import Basis, Built, Component
from kundenwert.value.components._options import number
from kundenwert.value.components._rated import load_rated
from kundenwert.value.components._reading import if_given, words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from kundenwert.engines._engine import Engine

    Floats = NDArray[np.float64]

# The criterion of the catalogue that says the same in points.
_CRITERION: Final = "Informationswert"
_WORDS: Final = (
    "idee", "ideen", "produktidee", "anregung", "verbesserungsvorschlag", "vorschlag", "produktvorschlag", "entwicklungsgespräch",
    "idea", "ideas", "suggestion", "improvement", "product idea", "feature request",
)  # fmt: skip


def information_value(ideas: ArrayLike, usable: ArrayLike, benefit: ArrayLike, handling: ArrayLike) -> Floats:
    """Ideas x usable share x benefit - ideas x cost of handling; benefit and cost in money for one idea, they broadcast.

    Source: after Cornelsen 2000. Below zero where looking through the ideas costs more than the few that can be used bring.

    >>> round(float(information_value(6, 1 / 3, 900.0, 40.0)), 9)
    1560.0
    """
    import numpy as np

    ideas = np.asarray(ideas, dtype=np.float64)
    worth: Floats = ideas * np.asarray(usable) * np.asarray(benefit) - ideas * np.asarray(handling)
    return worth


def _build(engine: Engine, basis: Basis) -> Built:
    options = basis.options
    load_rated(engine, basis, (_CRITERION,))
    # Every euro has one owner: where the tariff of the criteria pays for information, ideas are counted and not paid again.
    is_in_tariff = bool(basis.scoring.catalogue.money == "tariff" and basis.scoring.catalogue.tariff.get(_CRITERION))
    engine.table(
        "component_information",
        "value/components/information.sql",
        in_any_order=True,
        as_of=basis.as_of,
        words=list(options["words"]),
        ideas_per_point=options["ideas_per_point"],
        handling=options["handling"],
        usable=options["usable"],
        benefit=None if is_in_tariff else options["benefit"],
    )
    engine.drop("rated")
    (facts,) = engine.rows("value/components/information_facts.sql")
    found = {**facts, "value": None if facts["value"] is None else str(facts["value"]), "is_in_tariff": is_in_tariff}
    return Built(found, tuple(_notices(facts, options, is_in_tariff=is_in_tariff)))


def _notices(facts: Mapping[str, Any], options: Mapping[str, Any], *, is_in_tariff: bool) -> Iterator[Notice]:
    if is_in_tariff and options["benefit"] is not None:
        text = "Information is paid for by the tariff of the criteria already; [components.information] adds no money."
        yield Notice("information_in_tariff", text)
    elif facts["ideas"] and (options["usable"] is None or options["benefit"] is None):
        text = "Ideas of customers: {ideas:,.0f}. What they are worth is told once [components.information] names usable and benefit."
        yield Notice("information_unpriced", text, {"ideas": facts["ideas"]})


def _line(row: Mapping[str, Any]) -> Notice | None:
    if not row["ideas"]:
        return None
    if row["information_value"] is None:
        return Notice("ideas", "Ideas this customer gave: {ideas:,.0f}.", {"ideas": row["ideas"]})
    text = "Ideas this customer gave: {ideas:,.0f}, worth {amount:,.2f¤} by the settings of the value definition; an assumption."
    return Notice("ideas_worth", text, {"ideas": row["ideas"], "amount": float(row["information_value"])})


PLUGIN = Component(
    title="Information value",
    formula="ideas x usable share x benefit - ideas x cost of handling one",
    source="after Cornelsen 2000 (Kundenwertanalysen im Beziehungsmarketing); share, benefit and cost are settings of the project",
    columns={
        "ideas": "Ideas and suggestions up to the as-of day; not a whole number where points stand for ideas.",
        "information_value": "What they are worth by the settings, in the reporting currency; what the value may add.",
        "information_basis": "counted: from activities, contacts or complaints; rated: points for Informationswert times ideas_per_point.",
    },
    build=_build,
    needs=(("activities.driver", "contacts.purpose", "complaints.category", "ratings.points", "register.ratings"), ("value.money",)),
    standing="addable",
    amount="information_value",
    options=(
        Setting("words", _WORDS, "What an idea is called: drivers of activities, purposes of contacts, categories of complaints.", words),
        Setting(
            "usable", None, "Share of the ideas that can be used; left out: ideas are counted, not valued.", if_given(number(0.0, 1.0))
        ),
        Setting("benefit", None, "What a usable idea brings, in the reporting currency.", if_given(number(0.0, 1e12))),
        Setting(
            "handling",
            0.0,
            "What looking through an idea costs, in the reporting currency; 0 where activities carry that cost.",
            number(0.0, 1e9),
        ),
        Setting(
            "ideas_per_point",
            None,
            "Ideas a point for Informationswert stands for, where no table counts them; left out: none.",
            if_given(number(0.0, 1e6)),
        ),
    ),
    line=_line,
)
