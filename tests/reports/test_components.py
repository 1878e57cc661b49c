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
from kundenwert.records import Notice, RunFigures
from kundenwert.register.criteria import criteria, further
from kundenwert.reports import _components
from kundenwert.reports._basis import Basis
from kundenwert.reports._criteria_names import criterion_name
from kundenwert.reports._html import html
from kundenwert.reports._page import Section, Table, Terms
from kundenwert.reports.customer_base import page
from kundenwert.reports.language import LANGUAGES, Language

ALL = (
    "tiers tier_flow top_chance measures below_zero segments alert portfolio fields field_moves stages stage_flow "
    "rhythm season rfm retention contracts ladder cohorts complaints words satisfaction potential cross_selling peers price_gap migration "
    "score criteria conflicts margin_multiple credit_risk agreement together"
)
# Told within the section of another component.
WITHIN = ("referral", "loyalty", "reference", "information", "cooperation")


def sections(lang: str = "en", /, **changes: Any) -> dict[str, Section]:
    """The sections by key; changes: facts of a component, None for a run that told nothing of it."""
    told = {**components.facts(), **changes}
    basis = Basis(replace(components.figures(), components={name: one for name, one in told.items() if one is not None}), Language(lang))
    return {section.key: section for section in told_of(basis)}


def told_of(basis: Basis) -> tuple[Section, ...]:
    parts = (_components.spread, _components.alert, _components.fields, _components.doings, _components.growth, _components.ways)
    return tuple(section for part in parts for section in part(basis))


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
    assert without == ALL if name in WITHIN else len(without) < len(ALL)


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
    assert message("tier_flow") == "Since the run before, 3 rose to a higher tier and 2 fell to a lower one"


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
    assert message("criteria") == "“Image” would add most: unknown of 85 customers"
    assert message("criteria", "de") == "„Imagefaktor“ brächte am meisten dazu: bei 85 Kunden unbekannt"


def test_rows_of_the_portfolio_name_what_a_field_asks_for() -> None:
    assert [row[0] for row in table(sections()["fields"])] == ["Invest, secure", "Withdraw"]


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
    found = {section.key: section for section in told_of(basis)}
    assert " ".join(found) == "alert portfolio fields field_moves stages stage_flow ladder"
    assert plain(found["portfolio"].message) == "30 of 80 customers stand in the best field"
    assert "€" not in html(page(figures, "en")).split("<main", 1)[1]


def test_names_of_criteria_that_ship_are_those_of_the_catalogue_in_english() -> None:
    for one in (*criteria(), *further()):
        assert criterion_name(one.name, Language("en")) == one.english
        assert criterion_name(one.name, Language("de")) == one.name


def test_a_criterion_of_a_project_stays_as_it_is_written() -> None:
    assert criterion_name("Laune", Language("en")) == "Laune"


def test_messages_of_buying_name_the_finding() -> None:
    assert message("rhythm") == "Those who bought did so 5.0 times in twelve months, 6.0 times the year before"
    assert message("season") == "Most purchases fall into April to June: 32%, in an even year 27%"
    assert message("rfm") == "4 of 94 customers buy more often than most, yet bought longer ago than most"
    assert message("retention") == "82 of 100 customers should buy again in the next 12 months"
    assert message("contracts") == "After 60 months 76% of the contracts “Neu” still run"


def test_messages_of_what_customers_say_name_the_finding() -> None:
    assert message("cohorts") == "89% of the customers of the year before bought again; 25% of the new ones came by recommendation"
    assert message("complaints") == "After a complaint that was handled well 95% bought again, after one handled badly 60%"
    assert message("words") == "Customers gave 93 ideas, nobody knows yet what they are worth"


def test_messages_of_other_ways_name_the_finding() -> None:
    assert message("segments") == "Stamm: 25 customers, 25% of all, have 50% of the expected value"
    assert message("top_chance") == "Of the 10 most valuable customers 7 should still be among them when all is known"
    assert message("margin_multiple") == "Klein: 88% stay each year, so a year's margin counts 4.0 times"
    assert message("credit_risk").startswith("Defaults should take €700 of the expected value, ")
    assert message("peers") == "Against good comparable customers €20.0k of revenue a year is missing"
    assert message("price_gap") == "14 of 90 customers pay less than others for the same goods: €11.7k a year"
    assert message("migration") == "Addressing 4 customers costs more than it should bring"


def test_a_season_that_may_be_chance_is_none() -> None:
    told = components.facts()["rhythm"]
    assert message("season", rhythm=told | {"quarters": told["quarters"] | {"p": 0.4}}).startswith("No season")
    assert "season" not in sections(rhythm=told | {"quarters": told["quarters"] | {"p": None}})


def test_chances_tried_on_one_group_are_told_in_words_alone() -> None:
    told = components.facts()["retention"]
    few = sections(retention=told | {"tried": told["tried"] | {"bands": told["tried"]["bands"][:1]}})["retention"]
    assert [block.kind for block in few.blocks] == ["text"]
    assert [block.kind for block in sections()["retention"].blocks] == ["text", "picture", "fold"]


def test_rates_of_too_few_customers_are_a_dash() -> None:
    first, second = table(sections()["cohorts"])
    assert first == ["before the data begin", "80", "–", "5%"]
    assert second == ["quarter 1 of 2025", "20", "85%", "5%"]


def test_nothing_is_said_of_complaints_without_any() -> None:
    none = {"count": 0, "of": 0, "share": None, "interval": None}
    told = components.facts()["recommendation"]
    empty = told["complaints"] | dict.fromkeys(("settled", "not_settled", "well", "badly"), none)
    assert "complaints" not in sections(recommendation=told | {"complaints": empty})


def test_handling_that_makes_no_difference_is_not_said_to_make_one() -> None:
    told = components.facts()["recommendation"]
    unsure = told["complaints"] | {"well_less_badly": {"difference": 0.02, "interval": [-0.1, 0.14]}}
    assert message("complaints", recommendation=told | {"complaints": unsure}).startswith("Whether complaints are handled well or badly")


def test_stopping_is_not_proposed_where_its_cost_is_unknown() -> None:
    told = components.facts()["migration"] | {"cost_of_period": None}
    found = sections(migration=told)["migration"]
    assert plain(found.message) == "Of those silent for 91 days 50% buy in the next 91"
    assert [row[2] for row in table(found)] == ["–", "–", "–"]
    assert "When to stop cannot be told" in found.note


def test_a_base_in_one_segment_has_nothing_to_compare() -> None:
    told = components.facts()["segments"]
    assert "segments" not in sections(segments=told | {"segments": told["segments"][2:3]})


def test_fields_tell_who_came_and_who_left() -> None:
    found = sections()["field_moves"]
    assert found.message == "4 of 25 customers stand in another field than in the run before"
    assert table(found) == [["Invest, secure", "20", "+4", "0", "24", ""], ["Withdraw", "5", "0", "−4", "1", ""]]


def test_bubbles_go_by_contribution_four_where_it_is_known() -> None:
    figures = components.figures()
    served = ({"field": "invest_secure", "amount": 90}, {"field": "withdraw", "amount": 10})
    basis = Basis(replace(figures, lists={**figures.lists, "portfolio_db4": served}), Language("en"))
    assert plain(_components.fields(basis)[0].message) == "30 of 80 customers stand in the best field and bring 90% of contribution IV"


def test_a_section_that_nothing_stands_beside_takes_the_whole_width() -> None:
    told = {"margin_multiple": components.facts()["margin_multiple"]}
    shown = {section.key: section for section in page(replace(components.figures(), components=told), "en").sections}
    assert shown["margin_multiple"].columns == 12


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_report_says_what_its_assumptions_are_worth(lang: str) -> None:
    found = next(section for section in page(components.figures(), lang).sections if section.key == "assumptions")
    expected = {
        "en": "What is still to come lies between €70.0k and €140k",
        "de": "Was noch kommt, liegt zwischen 70,0 Tsd. € und 140 Tsd. €",
    }
    assert plain(found.message).startswith(expected[lang])


def test_a_run_in_purchases_has_no_assumptions_about_money() -> None:
    shown = page(replace(components.figures(), assumptions=None), "en")
    assert "assumptions" not in {section.key for section in shown.sections}


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


@pytest.mark.parametrize(("lang", "words"), [("en", "growth, Outlook"), ("de", "Wachstum, Zukunftsperspektive")])
def test_warnings_name_criteria_as_the_reader_calls_them(lang: str, words: str) -> None:
    notice = Notice("portfolio_gaps", "Nothing is known of: {names}.", {"names": "growth, Zukunftsperspektive"})
    shown = page(replace(components.figures(), notices=(notice,)), lang)
    assert words in " ".join(
        point for section in shown.sections for block in section.blocks if block.kind == "points" for point in block.points
    )
