"""What people come for, done in the browser: the stories of controllers, sales and data scientists on the example company."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from conftest import headline, plain  # type: ignore[import-not-found]

pytestmark = pytest.mark.browser


def _amount(text: str) -> float:
    """A German amount as a number: −1.284,50 is -1284.5."""
    return float(re.sub(r"[^\d,−-]", "", text).replace("−", "-").replace(",", "."))


def _count(heading: str) -> int:
    """How many customers a heading names first."""
    found = re.search(r"[\d.]+", heading)
    assert found is not None, heading
    return int(found[0].replace(".", ""))


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_controller_sees_the_result_step_by_step_and_reaches_the_records_behind_a_number(
    site: Any, visit: Callable[..., Any], language: str
) -> None:
    seen = visit(site, "analyst", language=language)
    page = seen.page
    page.goto("/result/")
    assert ("Deckungsbeitrag IV" if language == "de" else "contribution IV") in headline(page)
    steps = page.locator("table.result, table").first.locator("tbody tr")
    assert steps.count() >= 8
    page.locator("#losses tbody tr").first.locator("td a").first.click()
    page.wait_for_load_state("networkidle")
    assert page.locator("tbody tr").count() >= 1
    seen.clean()


def test_the_controller_finds_loss_makers_with_cause_lever_and_what_it_brings(site: Any, visit: Callable[..., Any], tmp_path: Path) -> None:
    seen = visit(site, "analyst")
    page = seen.page
    page.goto("/result/")
    losses = page.locator("#losses tbody tr:not(.sum):not(.part)")
    amounts = [_amount(losses.nth(place).locator("td").nth(1).inner_text()) for place in range(min(losses.count(), 10))]
    assert amounts == sorted(amounts)
    assert amounts[0] < 0
    first = plain(losses.first.inner_text())
    assert "senken" in first or "Mindestbestellwert" in first
    losses.first.locator("summary").click()
    assert "üblich" in plain(losses.first.inner_text()).lower()
    with page.expect_download() as download:
        page.get_by_role("link", name="Als Excel-Datei").click()
    download.value.save_as(tmp_path / "result.xlsx")
    book = openpyxl.load_workbook(tmp_path / "result.xlsx", read_only=True)
    assert len(book.sheetnames) >= 2
    page.locator("#losses").get_by_role("link", name="alle in der Liste").click()
    page.wait_for_load_state("networkidle")
    assert "loss_maker=1" in page.url
    seen.clean()


def test_the_key_account_manager_reads_the_portfolio_and_changes_a_weight_with_a_reason(site: Any, visit: Callable[..., Any]) -> None:
    seen = visit(site, "manager")
    page = seen.page
    page.goto("/portfolio/")
    fields = page.locator("table").filter(has_text="Investieren").locator("tbody tr")
    assert fields.count() == 9
    page.get_by_role("link", name="Vier Felder").click()
    page.wait_for_load_state("networkidle")
    four = page.locator("table").filter(has=page.locator("tbody th")).filter(has_text="Fragezeichen")
    assert four.count() >= 1
    page.goto("/portfolio/")
    box = page.locator("main form input[inputmode], main form input[type=number], main form td input").first
    box.fill("50")
    page.locator("main form input[name=reason], main form textarea[name=reason]").first.fill("Deckungsbeitrag zählt uns mehr")
    page.get_by_role("button", name="Gewichte ändern").click()
    page.wait_for_load_state("networkidle")
    assert "Die nächste Bewertung" in plain(page.locator("main").inner_text())
    with page.expect_download() as download:
        page.get_by_role("link", name="Als Excel-Datei").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    seen.clean()


def test_the_data_scientist_sees_models_held_against_simple_rules_and_against_what_came(site: Any, visit: Callable[..., Any]) -> None:
    seen = visit(site, "reader")
    page = seen.page
    page.goto("/models/")
    told = plain(page.locator("main").inner_text())
    for word in ("Faustregel", "MBG/NBD", "Pareto/NBD", "Eigene Häufigkeit", "90 % hielten", "Bestes Zehntel"):
        assert word in told, word
    assert page.locator("figure svg").count() >= 3
    seen.clean()


def test_field_sales_see_their_own_customers_and_nothing_of_others(site: Any, visit: Callable[..., Any]) -> None:
    everybody = visit(site, "admin").page
    everybody.goto("/customers/")
    of_all = _count(headline(everybody))
    others = everybody.locator("tbody tr.link th a, tbody tr th a").first
    strange = str(others.get_attribute("href"))
    seen = visit(site, "field")
    page = seen.page
    page.goto("/")
    page.wait_for_load_state("networkidle")
    assert "/customers/" in page.url
    own = _count(headline(page))
    assert 0 < own < of_all
    mine = {str(link.get_attribute("href")).split("?")[0] for link in page.locator("tbody tr th a").all()}
    assert strange.split("?")[0] not in mine
    assert page.goto(strange).status == 404
    assert page.goto("/overview/").status == 403
    assert page.goto("/result/").status == 403
    page.goto("/customers/")
    page.fill("input[type=search], input[name=q]", strange.rstrip("/").rsplit("/", 1)[-1].split("?")[0])
    page.keyboard.press("Enter")
    page.wait_for_load_state("networkidle")
    assert page.locator("tbody tr th a").count() == 0


def test_a_second_factor_is_set_up_and_asked_for(site: Any, visit: Callable[..., Any]) -> None:
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    def code(secret: str) -> str:
        return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))

    page = visit(site, "reader").page
    page.goto("/account/second-factor/totp/activate/")
    if page.locator("input[name=password]").count():
        page.fill("input[name=password]", "richtig-Pferd-Batterie-7")
        page.locator("main form button[type=submit]").click()
        page.wait_for_load_state("networkidle")
    assert page.locator("img.qr").evaluate("one => one.naturalWidth") > 0
    secret = re.search(r"[A-Z2-7]{16,}", page.locator("main").inner_text())
    assert secret is not None
    page.fill("input[name=code]", code(secret[0]))
    page.locator("main form button[type=submit]").click()
    page.wait_for_load_state("networkidle")
    assert "/totp/" not in page.url
    again = visit(site, "").page
    again.goto("/account/login/")
    again.fill("[name=login]", "reader@firma.example")
    again.fill("[name=password]", "richtig-Pferd-Batterie-7")
    again.click("main form button[type=submit]")
    again.wait_for_load_state("networkidle")
    assert again.locator("input[name=code]").count() == 1
    again.goto("/customers/")
    assert "/account/" in again.url
    site.python(
        "import django; django.setup(); from allauth.mfa.models import Authenticator; "
        "Authenticator.objects.filter(user__email='reader@firma.example').delete()"
    )


def test_ten_visits_are_planned_submitted_by_one_and_approved_by_another(site: Any, visit: Callable[..., Any]) -> None:
    name = site.python(
        "from pathlib import Path; from datetime import UTC, datetime\n"
        "from kundenwert.flows.plans import plan; from kundenwert.flows.progress import Progress\n"
        f"print(plan(Path({str(site.project)!r}), 'visits', {{}}, clock=datetime.now(UTC), progress=Progress()).name)"
    )
    boss = visit(site, "manager").page
    boss.goto(f"/plans/plan/{name}/")
    # Nobody is visited twice.
    assert boss.locator("table.visits tbody tr").count() == 10
    boss.get_by_role("button", name="Zur Freigabe vorlegen").click()
    boss.wait_for_load_state("networkidle")
    assert boss.get_by_role("button", name=re.compile("^Freigeben|^Plan freigeben")).count() == 0
    other = visit(site, "admin")
    page = other.page
    page.goto(f"/plans/plan/{name}/")
    page.get_by_role("button", name=re.compile("^Freigeben|^Plan freigeben")).click()
    page.wait_for_load_state("networkidle")
    assert "freigegeben" in plain(page.locator("main").inner_text()).lower()
    page.goto(f"/plans/plan/{name}/print/")
    rows = page.locator("table.sheet tbody tr")
    assert rows.count() == 10
    assert all("Tagen" in plain(rows.nth(place).inner_text()) or "%" in rows.nth(place).inner_text() for place in range(rows.count()))
    assert page.pdf()[:4] == b"%PDF"
    other.clean()
