"""The chapter on who the customers are: what it says of each component, and what it leaves out."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import component_samples as components
import pytest
import report_samples as sample

from kundenwert.cli._result import ran
from kundenwert.flows.run import Ran
from kundenwert.records import RunFigures
from kundenwert.reports import _components
from kundenwert.reports._basis import Basis
from kundenwert.reports._html import html
from kundenwert.reports._page import Section, Table, Terms
from kundenwert.reports.customer_base import page
from kundenwert.reports.language import LANGUAGES, Language

ALL = (
    "tiers measures below_zero alert portfolio fields stages stage_flow ladder score criteria conflicts "
    "satisfaction cross_selling potential agreement together"
)


def sections(lang: str = "en", /, **changes: Any) -> dict[str, Section]:
    """The sections by key; changes: facts of a component, None for a run that told nothing of it."""
    told = {**components.facts(), **changes}
    basis = Basis(replace(components.figures(), components={name: one for name, one in told.items() if one is not None}), Language(lang))
    found = (*_components.spread(basis), *_components.alert(basis), *_components.sections(basis))
    return {section.key: section for section in found}


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def message(key: str, lang: str = "en", **changes: Any) -> str:
    return plain(sections(lang, **changes)[key].message)


def table(section: Section) -> list[list[str]]:
    found = next(block for block in section.blocks if isinstance(block, Table))
    return [[plain(cell.text) for cell in row.cells] for row in found.rows]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_component_has_its_section(lang: str) -> None:
    assert " ".join(sections(lang)) == ALL


@pytest.mark.parametrize("name", sorted(components.facts()))
def test_a_component_that_told_nothing_has_no_section(name: str) -> None:
    left_out: dict[str, Any] = {name: None}
    without = " ".join(sections(**left_out))
    assert without == ALL if name == "referral" else len(without) < len(ALL)


def test_messages_name_the_finding() -> None:
    assert message("tiers") == "Tier I: 5 customers, 5% of all, have 40% of the expected value"
    assert message("measures") == "12 customers are below zero in contribution IV"
    assert message("alert") == "The alert is right in 36% of the cases; of all customers 11% stay away"
    assert message("portfolio") == "30 of 80 customers stand in the best field and bring 80% of the value so far"
    assert message("stages") == "60 of 90 customers are bound"
    assert message("stage_flow") == "4 of 40 customers who were bound a year ago are lost today (10%)"
    assert message("agreement") == "Contribution IV and Score agree least about who is valuable (rank correlation 0.30)"


def test_german_messages_name_the_finding() -> None:
    assert message("tiers", "de") == "Wertstufe I: 5 Kunden, 5 % aller, haben 40 % des erwarteten Werts"
    assert message("alert", "de") == "Die Warnung stimmt in 36 % der Fälle; von allen Kunden bleiben 11 % aus"


def test_customers_without_a_tier_are_no_tier() -> None:
    assert [row[0] for row in table(sections()["tiers"])] == ["I", "II"]


def test_moves_between_tiers_count_who_was_there_before() -> None:
    assert sections()["tiers"].note == "Since the run before, 3 rose to a higher tier and 2 fell to a lower one."


def test_an_alert_that_could_not_be_tried_promises_nothing() -> None:
    untried = components.facts()["alert"] | {"tried": None}
    assert message("alert", alert=untried) == "How often the alert is right cannot be told from these data"


def test_an_alert_stands_beside_what_happens_anyway() -> None:
    assert table(sections()["alert"])[-1][:4] == ["for comparison: all customers", "80", "9", "11%"]


def test_suggestions_that_beat_nothing_are_not_praised() -> None:
    assert message("cross_selling").startswith("Suggestions were no better than the most popular group (39% against 37%")
    better = components.facts()["cross_selling"] | {"shown": True, "why": None}
    assert message("cross_selling", cross_selling=better).startswith("Suggestions are right in 39% of the cases")


def test_a_ladder_without_recommendations_claims_none() -> None:
    told = components.facts()["ladder"]
    unknown = told | {"counts": told["counts"] | {"recommender": 0}}
    found = sections(ladder=unknown, referral=None)["ladder"]
    assert found.message == "60 customers buy regularly; 12 bought only once"
    assert "Recommender" not in [row[0] for row in table(found)]


def test_a_loss_that_nobody_could_see_has_no_curve() -> None:
    tiers = components.facts()["tiers"]
    small = tiers["concentration"] | {"db4": tiers["concentration"]["db4"] | {"peak": {"customers": 0.99, "share": 1.001}}}
    found = sections(tiers=tiers | {"concentration": small})
    assert "below_zero" not in found
    assert found["measures"].message == "Contribution IV is spread most unevenly"


def test_points_that_many_share_know_no_best_customers() -> None:
    told = components.facts()["agreement"] | {"measures": ["revenue", "db4", "clv", "rfm"]}
    found = sections(agreement=told)["together"]
    assert table(found)[-1][:4] == ["RFM points", "0.80", "–", "–"]
    assert found.message.endswith("by contribution IV")


def test_stages_without_a_year_before_show_today_alone() -> None:
    today = {name: one for name, one in components.facts()["lifecycle"].items() if name != "moves"}
    found = sections(lifecycle=today)
    assert "stage_flow" not in found
    assert table(found["stages"])[0][:3] == ["Development", "30", "12"]


def test_a_criterion_of_which_most_is_missing_is_named() -> None:
    assert message("criteria") == "“Imagefaktor” would add most: unknown of 85 customers"


def test_rows_of_the_portfolio_name_what_a_field_asks_for() -> None:
    assert [row[0] for row in table(sections()["fields"])] == ["Invest, secure", "Withdraw"]
    assert "5 of 25 customers changed" in sections()["fields"].note


def test_a_run_in_purchases_shows_no_money() -> None:
    none = {"past": None, "clv": None}
    told = components.facts()
    nine = {name: entry | none for name, entry in told["portfolio"]["nine"].items()}
    stages = {name: entry | none for name, entry in told["lifecycle"]["stages"].items()}
    facts = {
        "portfolio": told["portfolio"] | {"nine": nine},
        "lifecycle": told["lifecycle"] | {"stages": stages},
        "alert": told["alert"] | {"loss": None},
        "ladder": told["ladder"],
    }
    figures = replace(sample.SCENES["purchases"](), components=facts)
    basis = Basis(figures, Language("en"))
    found = {section.key: section for section in (*_components.alert(basis), *_components.sections(basis))}
    assert " ".join(found) == "alert portfolio fields stages stage_flow ladder"
    assert plain(found["portfolio"].message) == "30 of 80 customers stand in the best field"
    assert "€" not in html(page(figures, "en")).split("<main", 1)[1]


# ---------- the terminal ----------


def terminal(figures: RunFigures) -> str:
    return ran(Ran(Path("shop/runs/2026"), is_current=True, figures=figures), quiet=False)


def test_the_terminal_tells_the_components_in_a_line_each() -> None:
    said = " ".join(terminal(components.figures()).split())
    assert "tiers I 5, II 95" in said
    assert "portfolio star 30, incidental 50" in said
    assert "stages development 30, retention 60" in said
    assert "overdue 17 of 90 customers" in said
    assert "it was right in 36% of the cases (of all, 11% stayed away)" in said
    assert "score 96 of 100 customers, mean 5.5 of 10" in said


def test_the_terminal_leaves_out_what_was_not_told() -> None:
    figures = components.figures()
    said = terminal(replace(figures, components={"tiers": figures.components["tiers"]}))
    assert "tiers" in said
    assert not {"portfolio", "stages", "ladder", "overdue", "potential"} & set(said.split())


# ---------- the page ----------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_chapters_hold_every_section_once_and_in_order(lang: str) -> None:
    shown = page(components.figures(), lang)
    assert [key for chapter in shown.chapters for key, _ in chapter.entries] == [section.key for section in shown.sections]
    assert len({section.key for section in shown.sections}) == len(shown.sections)


def test_headings_are_in_order_and_links_lead_somewhere() -> None:
    text = html(page(components.figures(), "en"))
    levels = [int(level) for level in re.findall(r"<h([1-6])", text)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    named = re.findall(r' id="([^"]+)"', text)
    assert len(named) == len(set(named))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(named)


def test_the_summary_comes_before_any_chapter_on_customers() -> None:
    shown = page(components.figures(), "en")
    assert shown.chapters[0].title == "What the base is worth"
    assert shown.chapters[1].title == "Who the customers are"
    assert shown.sections[0].key == "worth"


def test_a_run_without_components_needs_no_chapters() -> None:
    assert page(sample.figures(), "en").chapters == ()


def test_words_of_sections_that_are_not_shown_are_not_explained() -> None:
    def keys(told: dict[str, Any]) -> set[str]:
        shown = page(replace(components.figures(), components=told), "en")
        return {key for section in shown.sections for block in section.blocks if isinstance(block, Terms) for key, _, _ in block.terms}

    assert {"tier", "strategy", "stage", "hits", "rank"} <= keys(components.facts())
    assert not {"strategy", "stage", "hits", "rank"} & keys({"tiers": components.facts()["tiers"]})


def test_names_of_customers_are_harmless() -> None:
    figures = components.figures()
    evil = components.conflict(1) | {"customer_id": "<script>alert(1)</script>"}
    assert "<script" not in html(page(replace(figures, lists={**figures.lists, "conflicts": (evil,)}), "en"))
