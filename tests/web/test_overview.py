"""The first screen in the browser's words: findings as headings, alerts that lead somewhere, one course of the value."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from kundenwert.flows import screens
from kundenwert.reports.language import Language
from kundenwert.runs import store
from kundenwert.web.overview import words
from kundenwert.web.overview.course import band, columns

SignedIn = Callable[..., Client]
DE, EN = Language("de"), Language("en")


@pytest.fixture(scope="module", autouse=True)
def _ready(_small_project: Path) -> None:
    """The pages lie ready in the project that each test gets a copy of."""
    screens.prepare(_small_project, store.read(_small_project).name)


def headings(page: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", found).strip() for found in re.findall(r"<h[12][^>]*>(.*?)</h[12]>", page, re.DOTALL)]


def test_the_page_says_what_the_base_is_worth(room: Path, signed_in: SignedIn) -> None:
    answer = signed_in("manager").get("/overview/")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert headings(page)[0].startswith("Ihr Kundenstamm ist ")
    assert "Sicherheit liegt der Wert zwischen" in page
    assert "Was jetzt ansteht" in headings(page)


def test_everybody_reads_it_in_the_own_language(room: Path, signed_in: SignedIn) -> None:
    page = signed_in("reader", language="en").get("/overview/").content.decode()
    assert headings(page)[0].startswith("Your customer base is worth ")
    assert "Was jetzt ansteht" not in page


def test_field_sales_do_not_see_the_whole_base(room: Path, signed_in: SignedIn) -> None:
    assert signed_in("field", managers="A. Okafor").get("/overview/").status_code == 403


def test_classes_and_stages_lead_to_the_list(room: Path, signed_in: SignedIn) -> None:
    page = signed_in("analyst").get("/overview/").content.decode()
    assert "/customers/?class=A" in page
    found = re.findall(r'href="(/customers/\?stage=[a-z_]+)"', page)
    assert found
    assert signed_in("analyst").get(found[0]).status_code == 200


def test_the_page_holds_no_script_and_no_style(room: Path, signed_in: SignedIn) -> None:
    for address in ("/overview/", "/models/", "/result/", "/portfolio/"):
        page = signed_in("analyst").get(address).content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", page)
        assert not re.search(r'<[^>]+\sstyle="', page.split("<template>")[0])
        assert page.count("<h1>") == 1


def test_headings_are_in_order_and_pictures_have_words(room: Path, signed_in: SignedIn) -> None:
    page = signed_in("analyst").get("/overview/").content.decode()
    levels = [int(level) for level in re.findall(r"<h([1-6])", page)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    drawn = re.findall(r'<svg class="chart"[^>]*>', page)
    assert all("aria-label=" in one or 'aria-hidden="true"' in one for one in drawn)


def _page(**more: Any) -> dict[str, Any]:
    scored = {"bias": 0.004, "money_bias": None, "hit": 0.9, "held": 0.9}
    quality = {"origins": 1, "origin": "2025-03-15", "days": 84, "is_naive": False, "totals": 0, "held": 0, "holdout": None}
    quality |= {"used": {"name": "mbg_nbd", **scored, "bias": -0.12}, "naive": {"name": "last_period", **scored, "bias": -0.2}}
    base = {"in_money": True, "quality": quality, "bridge": None, "before": None, "why_not": "first", "reasons": [], "alerts": []}
    totals = {"clv": "4000.00", "past": "1000.00", "value": "5000.00", "expected_purchases": 12.0}
    return {**base, "yardstick": "contribution", "totals": totals, "interval": None, **more}


MANIFEST = {"currency": "EUR", "horizon": "12m", "value_horizon": "5y"}


def test_the_quality_is_told_in_plain_words() -> None:
    found = words.quality(_page(), EN)
    assert found["sentences"][0] == "Looking back from 15 Mar 2025, the forecast of 12 weeks was 12% too low."
    assert found["sentences"][1] == "The best simple rule, “last period again”, was 20% too low."
    assert found["heading"] == "The forecast beats simple rules; for single customers it is a range"


def test_a_total_that_the_simple_rule_hits_better_is_not_hidden() -> None:
    page = _page()
    page["quality"]["naive"]["bias"] = 0.02
    assert words.quality(page, EN)["heading"].endswith("its total was 12% too low")
    page["quality"]["is_naive"] = True
    assert words.quality(page, EN)["heading"] == "No model forecasts surely better than a simple rule"


@pytest.mark.parametrize(
    ("bias", "said"),
    [(None, "without anything to be held against"), (0.004, "right to half a percent"), (0.1, "10% too high"), (-0.1, "10% too low")],
)
def test_a_bias_in_words(bias: float | None, said: str) -> None:
    assert words.off({"bias": bias}, EN) == said


def test_the_heading_tells_the_change_of_the_same_figure() -> None:
    bridge = {"clv_change": "-250.00"}
    page = _page(bridge=bridge, before={"as_of": "2025-09-30"})
    assert words.heading(page, MANIFEST, EN) == "Your customer base is worth €4,000, €250 less than on 30 Sep 2025"
    assert words.heading(_page(), MANIFEST, DE) == "Ihr Kundenstamm ist 4.000\xa0€ wert"
    assert words.heading(_page(in_money=False), MANIFEST, EN) == "Your customers should buy 12 times in the next 12 months"


def test_a_change_of_money_has_no_bridge_and_says_why() -> None:
    assert words.bridge(_page(), MANIFEST, EN) is None
    assert "other money" in words.why_no_bridge(_page(why_not="other_money"), EN)
    assert "next valuation" in words.why_no_bridge(_page(), EN)


def test_the_bridge_shows_each_cause_with_its_sign() -> None:
    amounts = {"first": "100", "new": "30", "gone": "0", "past": "20", "clv": "-40", "other": "0", "second": "110"}
    counts = {"new_customers": 3, "gone_customers": 0, "both_customers": 9, "clv_change": "-5"}
    page = _page(bridge={**amounts, **counts}, before={"as_of": "2025-09-30"}, reasons=["model", "inputs"])
    found = words.bridge(page, MANIFEST, EN)
    assert found is not None
    assert [(row["label"], row["amount"], row["look"]) for row in found["rows"]] == [
        ("New customers", "+30", "good"),
        ("Booked since", "+20", "good"),
        ("Expectation of customers known before", "−40", "bad"),
    ]
    assert found["change"] == "+10"
    assert "the model and the data" in found["note"]


def test_columns_stand_on_the_ground_and_the_last_one_has_a_whisker() -> None:
    days = [
        {"as_of": "2025-09-30", "clv": "100", "interval": None},
        {"as_of": "2025-12-31", "clv": "50", "interval": {"lower": 40.0, "mean": 50.0, "upper": 200.0}},
    ]
    drawn = columns(days, "clv", "EUR", EN)
    assert drawn.count("<rect") == 2
    assert drawn.count('class="whisker"') == 3
    assert 'aria-label="Columns of what is expected. 30 Sep 2025: €100; 31 Dec 2025: €50."' in drawn
    # Half the range is the first column's height, a quarter the second one's.
    heights = [float(one) for one in re.findall(r'height="([\d.]+)"/>', drawn)]
    assert heights[0] == pytest.approx(2 * heights[1], abs=0.2)


def test_a_range_alone_is_a_band_from_zero_on() -> None:
    drawn = band({"lower": 50.0, "mean": 100.0, "upper": 200.0}, "EUR", EN)
    assert 'aria-label="Range from €50 to €200, mean €100."' in drawn
    assert drawn.count("<rect") == 1


@pytest.mark.parametrize("address", ["/overview/", "/models/", "/result/", "/portfolio/", "/result/step/db1/"])
def test_a_page_asks_the_database_for_the_reader_and_the_project_alone(
    address: str, room: Path, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    client = signed_in("analyst")
    client.get(address)
    with django_assert_max_num_queries(6):
        assert client.get(address).status_code == 200


@pytest.mark.parametrize(("unlisted", "said"), [(0, ""), (1, "zählt 1 weiteren mit, der"), (5, "zählt 5 weitere mit, die")])
def test_loss_makers_that_no_list_shows_are_told_only_where_there_are_some(unlisted: int, said: str) -> None:
    one = {"kind": "loss_maker", "customers": 244, "amount": "-1000", "year": 2025, "named": [], "unlisted": unlisted}
    (alert,) = words.alerts({"alerts": [one]}, {"currency": "EUR"}, Language("de"))
    assert said in alert["sentence"]
    assert ("weitere" in alert["sentence"]) is bool(unlisted)
