"""The second half of the report: how good the forecast is, what is not known, and ranges wherever a figure is forecast."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import evidence_samples as evidence
import pytest
import report_samples as sample

from kundenwert.records import Comparison, HeldTotal, Notice, RunFigures, SpendEvidence
from kundenwert.reports import _unknown
from kundenwert.reports._basis import Basis, told
from kundenwert.reports._page import Cell, Fold, Page, Points, Section, Table, Text
from kundenwert.reports._verdict import used_name, verdict
from kundenwert.reports.customer_base import page
from kundenwert.reports.language import Language


@pytest.fixture(autouse=True)
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are looked at as records here; pictures have tests of their own."""
    monkeypatch.setattr("kundenwert.reports._pictures.to_svg", lambda spec, lang: "<svg></svg>")


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@cache
def good() -> Page:
    return page(sample.figures(), "en")


def section(shown: Page, key: str) -> Section:
    return next(each for each in shown.sections if each.key == key)


def table(shown: Page, key: str, place: int = 0) -> Table:
    return [block for block in section(shown, key).blocks if isinstance(block, Table)][place]


def cells(shown: Table, row: int) -> list[str]:
    return [plain(cell.text) for cell in shown.rows[row].cells]


def basis(figures: RunFigures, lang: str = "en") -> Basis:
    return Basis(figures, Language(lang))


# ---------- the sentence and the verdict ----------


def test_one_sentence_says_how_far_off_and_how_many_totals_held() -> None:
    message = section(good(), "forecast").message
    assert message == (
        "Looking back from 4 earlier days, the forecast of purchases was off by 7% on average; 4 of 4 totals lay inside their range"
    )


def test_of_one_origin_no_share_of_held_totals_is_told() -> None:
    message = section(page(sample.in_purchases(), "en"), "forecast").message
    assert message == "Looking back from 1 earlier day, the forecast of purchases was off by 12%"


def test_a_total_outside_its_range_is_counted_and_marked() -> None:
    first, *rest = evidence.held_totals()
    missed = replace(evidence.backtest(), totals=(replace(first, is_held=False), *rest))
    shown = page(sample.figures(backtest=missed), "en")
    assert section(shown, "forecast").message.endswith("3 of 4 totals lay inside their range")
    assert section(shown, "origins").message == "3 of 4 totals lay inside their range"
    assert table(shown, "origins").rows[0].cells[4] == Cell("no", look="bad")


def test_where_nothing_was_bought_no_error_is_invented() -> None:
    tested = evidence.backtest()
    origins = tuple(replace(one, forecasts=tuple(replace(each, bias=None) for each in one.forecasts)) for one in tested.origins)
    message = section(page(sample.figures(backtest=replace(tested, origins=origins)), "en"), "forecast").message
    assert message == "Looking back from 4 earlier days, no purchase came that could have been forecast"


def test_a_chosen_model_is_said_to_beat_the_rules_anybody_could_apply() -> None:
    text = verdict(basis(sample.figures()))
    assert text.startswith("BG/NBD makes this forecast. Looking back, it did better than the naive rules, such as “own rate carried on”")
    assert text.endswith("None of the other models was surely better.")


def test_no_model_beats_the_naive_rule_is_a_verdict_that_is_told() -> None:
    text = verdict(basis(sample.in_purchases()))
    assert text.startswith("No model beats the naive rule “last period again”: what it adds could be chance.")
    assert "The values here come from BG/NBD all the same" in text
    assert text.endswith("They deserve no more trust than that rule.")


def test_the_simplest_rule_is_called_the_simplest() -> None:
    tested = replace(evidence.naive_backtest(), chosen="average_customer")
    assert "the simplest naive rule, “average customer”" in verdict(basis(sample.figures(backtest=tested)))
    assert "die einfachste Faustregel, „Durchschnittskunde“" in verdict(basis(sample.figures(backtest=tested), "de"))


def test_the_best_model_of_the_backtest_is_the_one_behind_the_figures_where_a_rule_was_chosen() -> None:
    tested = replace(evidence.naive_backtest(), best_model="mbg_nbd")
    assert used_name(basis(sample.figures(backtest=tested))) == "mbg_nbd"
    assert used_name(basis(sample.figures(backtest=replace(tested, best_model=None)))) == "bg_nbd"
    assert used_name(basis(sample.figures(backtest=replace(tested, best_model=None), models=()))) == "mbg_nbd"


def test_a_mixture_names_its_members() -> None:
    mixed = replace(evidence.scored("bg_nbd"), name="stacking", kind="remedy")
    tested = evidence.backtest(
        pooled=(*evidence.backtest().pooled, mixed), chosen="stacking", weights={"bg_nbd": 0.4, "mbg_nbd+season": 0.6, "nbd": 0.0}
    )
    text = verdict(basis(sample.figures(backtest=tested)))
    assert "mixture of models makes this forecast" in text
    assert "The mixture is made of BG/NBD (40%) and MBG/NBD with season (60%)." in text


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("No backtest is possible: the log has fewer than 100 customers with a purchase.", "Es sind zu wenige Kunden: Zum Prüfen braucht"),
        (
            "No backtest is possible: the log has 100 customers only from 2026-08-03 on, too late to forecast at least 7 days.",
            "Erst ab dem 03.08.2026 enthalten sie 100 Kunden",
        ),
        ("No backtest is possible: at no origin had 100 customers a purchase left after reversals.", "mindestens 100 mit einem Kauf"),
        ("Something new.", "Die Daten sind zu kurz, um die Vorhersage an einem früheren Tag zu prüfen."),
    ],
)
def test_why_there_is_no_backtest_is_told_in_the_readers_language(given: str, words: str) -> None:
    figures = sample.figures(backtest=replace(evidence.no_backtest(), verdict=given))
    assert words in verdict(basis(figures, "de"))


def test_without_a_backtest_the_model_is_said_to_be_taken_by_default_and_only_once() -> None:
    notice = Notice("no_evidence", "Not chosen by evidence: {model}. {verdict}", {"model": "bg_nbd", "verdict": "English."})
    figures = sample.figures(backtest=evidence.no_backtest(), notices=(notice,))
    assert verdict(basis(figures)).endswith("So the model was not chosen by evidence: BG/NBD.")
    assert "warnings" not in {each.key for each in page(figures, "en").sections}


def test_every_reason_against_a_backtest_that_the_flow_knows_is_understood() -> None:
    """The patterns read the flow's own sentences; a new wording there fails here."""
    files = (Path(str(resources.files("kundenwert"))) / "flows").glob("*.py")
    source = " ".join(file.read_text(encoding="utf-8") for file in files)
    assert re.search(r"at no origin had \{[^}]+\} customers", source)
    assert re.search(r"the log has fewer than \{[^}]+\} customers", source)
    assert re.search(r"the log has \{[^}]+\} customers only from \{[^}]+\} on", source)


def test_a_run_without_backtest_says_so() -> None:
    shown = section(page(sample.empty(), "en"), "forecast")
    assert shown.message == "How good the forecast is could not be checked"
    assert shown.blocks == (Text("This run did not look back from any earlier day. So nothing is known of how well its forecast holds."),)


# ---------- the tables ----------


def test_the_forecast_in_use_stands_out_among_all() -> None:
    scores = table(good(), "forecast")
    assert [row.look for row in scores.rows] == ["", "", "", "", "used", ""]
    assert cells(scores, 4) == ["BG/NBD", "−0.9845", "0.5000", "−12.1%", "1.608", "0.586", "67%", "94%"]
    assert cells(scores, 0)[5:7] == ["–", "–"]
    assert scores.rows[0].cells[0].below == "naive rule"


def test_every_score_is_explained_one_click_away() -> None:
    terms = {block[0] for each in section(good(), "glossary").blocks for block in getattr(each, "terms", ())}
    asked = {column.term for key in ("forecast", "origins", "levels", "money", "unknown") for column in table(good(), key).columns}
    assert asked - {""} <= terms
    assert {"logscore", "crps", "pit", "bias", "rmse", "gini", "level", "backtest", "origin", "range"} <= terms


def test_held_expected_and_pit_stand_side_by_side_at_each_level() -> None:
    assert cells(table(good(), "levels"), 2) == ["90%", "94.3%", "95.8%", "88.9%"]
    assert cells(table(good(), "levels", 1), 0) == ["50%", "47.0%", "50.0%", "47.0%"]
    (fold,) = [block for block in section(good(), "forecast").blocks if isinstance(block, Fold)]
    (every,) = [block for block in fold.blocks if isinstance(block, Table)]
    assert len(every.rows) == 6
    assert plain(every.rows[0].cells[3].text) == "94.3% / 95.8% / 88.9%"


def test_each_day_has_its_range_and_what_came() -> None:
    assert cells(table(good(), "origins"), 0)[:5] == ["30 Sep 2025", "1,654", "1,175 – 2,349", "1,882", "yes"]


def test_without_totals_each_day_still_has_its_error() -> None:
    shown = page(sample.figures(backtest=evidence.backtest(totals=())), "en")
    assert cells(table(shown, "origins"), 0) == ["30 Sep 2025", "717", "1,654", "1,882", "−12.1%"]


def test_money_columns_come_where_money_was_forecast() -> None:
    assert cells(table(good(), "money"), 4) == ["BG/NBD", "−14.1%", "912", "0.602", "71%", "88%"]
    pooled = tuple(replace(one, money=None) for one in evidence.backtest().pooled)
    shown = page(sample.figures(backtest=evidence.backtest(pooled=pooled)), "en")
    assert "money" not in {each.key for each in shown.sections}


def test_how_purchases_became_money_is_said() -> None:
    spend = SpendEvidence("gamma_gamma+first", 900, (), (), "")
    note = section(page(sample.figures(backtest=evidence.backtest(spend=spend, return_share=0.021)), "en"), "money").note
    assert note.endswith("the first one too: looking back, that did better. Of the money of purchases 2.1% came back as returns.")


def test_a_sample_is_said_to_be_one() -> None:
    assert (
        "a sample of 200,000 customers" in section(page(sample.figures(backtest=evidence.backtest(sampled=200_000)), "en"), "forecast").note
    )


# ---------- what is not known ----------


def test_the_width_is_explained_by_its_shares_which_add_up() -> None:
    (points,) = [block for block in section(good(), "width").blocks if isinstance(block, Points)]
    shares = [int(found) for point in points.points for found in re.findall(r", (\d+)%:", point)]
    assert shares == [94, 5, 1]
    assert "seen on 4 earlier days" in points.points[0]


def test_two_readings_of_the_data_are_told_only_where_there_are_two() -> None:
    two = evidence.total("clv", 998_000.0, readings=0.02)
    (points,) = [block for block in section(page(sample.figures(intervals=(two,)), "en"), "width").blocks if isinstance(block, Points)]
    assert len(points.points) == 4
    assert "can be read in two ways" in points.points[1]
    assert not any("two ways" in point for block in section(good(), "width").blocks if isinstance(block, Points) for point in block.points)


def test_a_level_that_was_only_assumed_is_said_to_be() -> None:
    (points,) = [block for block in section(page(sample.tiny(), "en"), "width").blocks if isinstance(block, Points)]
    assert "what is usual elsewhere was assumed" in points.points[0]


def test_ranges_that_could_not_be_checked_are_said_to_be_unchecked() -> None:
    unchecked = "at least two earlier days to look back from. A longer log would settle it."
    assert any(unchecked in point for point in points_of(page(sample.tiny(), "en")))
    assert not any(unchecked in point for point in points_of(good()))


def points_of(shown: Page) -> tuple[str, ...]:
    return next(block.points for block in section(shown, "unknown").blocks if isinstance(block, Points))


def test_what_the_data_leave_open_stands_there_and_not_under_warnings_again() -> None:
    assert any("Another year of lines would settle" in point for point in points_of(good()))
    (warned,) = [block for block in section(good(), "warnings").blocks if isinstance(block, Points)]
    assert len(warned.points) == 1
    assert good().words["warned"] == "1 warning"


def test_every_notice_of_identification_is_known_by_its_key() -> None:
    source = (Path(str(resources.files("kundenwert"))) / "models" / "identification.py").read_text(encoding="utf-8")
    keys = set(re.findall(r'Notice\(\s*"(\w+)"', source))
    assert keys
    assert keys <= _unknown._OPEN


def test_models_in_a_notice_have_their_names() -> None:
    notice = Notice("model_left_out", "{name} could not be used.", {"name": "pareto_nbd"})
    assert told(basis(sample.figures()), notice) == "Pareto/NBD could not be used."
    short = Notice("short_backtest", "Too short for {horizon}: {days} days.", {"horizon": "12m", "days": 149})
    assert plain(told(basis(sample.figures()), short)) == "Too short for 12 months: 149 days."


def test_totals_have_both_ends() -> None:
    assert cells(table(good(), "unknown"), 1) == ["Expected revenue", "€340k", "€241k", "€483k"]
    assert section(good(), "unknown").message == "In the next 5 years it may be €709k, but €1.42m as well"


# ---------- ranges everywhere ----------


def test_the_lead_figure_has_its_range() -> None:
    assert good().lead.startswith("It lies between €709k and €1.42m in 9 of 10 cases. ")
    assert Text("from €709k to €1.42m", "range") in section(good(), "worth").blocks


def test_lists_of_customers_have_ranges_in_small_print() -> None:
    best = table(good(), "top").rows[0].cells
    assert [plain(cell.below) for cell in best if cell.below] == ["7,100 – 25,000", "16,000 – 98,000"]
    assert section(good(), "top").note.endswith("In small print: the range that holds in 9 of 10 cases.")
    assert plain(table(page(sample.in_purchases(), "en"), "top").rows[0].cells[4].below) == "11 – 27"


def test_without_ranges_of_customers_nothing_is_shown_below_their_figures() -> None:
    rows = tuple({**sample.customer(1), "clv_lower": None, "expected_revenue_lower": None} for _ in range(2))
    shown = page(sample.figures(top=rows), "en")
    assert not [cell for cell in table(shown, "top").rows[0].cells if cell.below]
    assert "small print" not in section(shown, "top").note


# ---------- odd backtests ----------


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize(
    "changes",
    [
        {"pooled": (evidence.scored("bg_nbd", levels=(), deciles=(), pit=(), money=None),), "comparisons": (), "tracking": None},
        {"totals": (), "tracking": None, "comparisons": (Comparison("bg_nbd", "nbd", 0.0, 0.0, 0.0, 0, 4, False),)},
        {"totals": (HeldTotal(evidence.ORIGINS[0], evidence.total("purchases", 0.0), 0.0, True),) * 2},
    ],
    ids=["bare", "equal", "nothing bought"],
)
def test_a_backtest_that_says_little_is_shown_as_far_as_it_goes(changes: dict[str, Any], lang: str) -> None:
    shown = page(sample.figures(backtest=evidence.backtest(**changes)), lang)
    assert section(shown, "forecast").message
