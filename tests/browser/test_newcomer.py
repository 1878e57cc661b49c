"""The way of a newcomer: first account, the demo's value, its most valuable customer at risk and why; then ten visits on paper."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from conftest import PASSWORD, Site, ended, headline, plain, press, started  # type: ignore[import-not-found]

pytestmark = pytest.mark.browser


@pytest.fixture
def fresh(tmp_path: Path, wholesaler: Path) -> Iterator[Site]:
    """A server that nobody has ever signed in to, with the demo in its folder."""
    found = started(tmp_path, wholesaler, people=False)
    yield found
    ended(found)


@pytest.fixture
def untouched(tmp_path: Path, company: Path) -> Iterator[Site]:
    """A server of its own on a copy of the company, in which nobody has written down actions."""
    project = tmp_path / company.name
    shutil.copytree(company, project)
    file = project / "kundenwert.toml"
    file.write_text(file.read_text(encoding="utf-8").partition("\n[actions.")[0] + "\n", encoding="utf-8")
    found = started(tmp_path, project)
    yield found
    ended(found)


def _planner(page: Any) -> None:
    """Opens the planner; where nobody has said yet what could be done, takes the example figures that are offered."""
    page.goto("/plans/")
    page.wait_for_load_state("networkidle")
    if page.locator("a[href='?example=1']").count():
        press(page, page.locator("a[href='?example=1']"))
        press(page, page.locator("main form button.main-action"))
    page.locator("form#means").wait_for()


def _ten_visits(page: Any) -> int:
    """The planner of the example company stands ready; its ten visits are one choice away. Gives how many customers get one."""
    page.get_by_role("link", name="Planer", exact=True).click()
    page.locator("form#means").wait_for()
    assert "Stunden" in headline(page)
    with page.expect_navigation():
        page.select_option("#plan", label="Besuche: 10 Besuche, 1 Woche")
    page.wait_for_load_state("networkidle")
    assert headline(page).startswith("Für 10 Besuche bei 10 Kunden")
    assert page.input_value("#span_count") == "1"
    return _made(page)


def _ten_by_hand(page: Any) -> int:
    """Ten visits and nothing else, by what is ticked and typed."""
    for box in page.locator("input[name=action]:not([value=visit])").all():
        box.uncheck()
    with page.expect_response(lambda one: "limit_visits=10" in one.url and one.ok):
        page.fill("input[name=limit_visits]", "10")
    # Leaving the field asks once more; the answer changes the address, which must not be taken for the way to the plan.
    with page.expect_response(lambda one: "limit_visits=10" in one.url and one.ok):
        page.keyboard.press("Tab")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)
    return _made(page)


def _made(page: Any) -> int:
    """Makes the plan that is shown, of ten visits."""
    press(page, page.locator("#answer form button.main-action"))
    page.wait_for_url("**/plans/plan/**")
    rows = page.locator("table.visits tbody tr:not(.sum)")
    visits = [plain(row.inner_text()) for row in rows.all()]
    assert sum(int(re.search(r"(\d+) (?:Besuch|visit)", row)[1]) for row in visits) == 10  # type: ignore[index]
    return len(visits)


def test_a_newcomer_gets_from_the_first_start_to_ten_visits_on_paper(fresh: Site, visit: Callable[..., Any], tmp_path: Path) -> None:
    seen = visit(fresh, "")
    page = seen.page
    page.goto("/")
    page.fill("[name=name]", "Jana Weber")
    page.fill("[name=email]", "jana.weber@firma.example")
    page.fill("input[type=password]", PASSWORD)
    press(page, page.locator("main form button.main-action"))
    page.goto("/")
    assert "33,9 Mio. £" in headline(page)
    # The most valuable at risk, and why.
    press(page, page.locator(".todo .go").first)
    press(page, page.locator("tbody tr.link th a").first)
    assert "droht abzuwandern" in headline(page)
    assert re.search(r"Seit \d+ Tagen überfällig", plain(page.locator(".lead").inner_text()))
    # The company is one click away.
    page.get_by_role("link", name="Projekte").click()
    press(page, page.locator("form", has=page.locator("[value=company]")).get_by_role("button"))
    customers = _ten_visits(page)
    assert customers == 10
    press(page, page.get_by_role("link", name="Liste drucken"))
    lines = page.locator("table.sheet tbody tr")
    assert lines.count() == customers
    for line in lines.all():
        assert re.search(r"kein Kauf|Es geht um|üblich", plain(line.inner_text())), line.inner_text()
    page.emulate_media(media="print")
    assert not page.locator(".side").is_visible()
    assert page.locator(".context dl .extra").first.is_visible()
    page.pdf(path=tmp_path / "list.pdf")
    assert (tmp_path / "list.pdf").stat().st_size > 5000
    seen.clean()


def test_where_nobody_has_said_what_could_be_done_example_figures_lead_to_ten_visits(untouched: Site, visit: Callable[..., Any]) -> None:
    seen = visit(untouched, "manager")
    page = seen.page
    _planner(page)
    assert _ten_by_hand(page) == 10
    # The same customer may get a second visit where somebody says so.
    page.goto("/plans/actions/")
    page.fill("#known0_most", "2")
    press(page, page.locator("main form button.main-action"))
    assert "höchstens 2-mal je Kunde" in plain(page.locator("#means").inner_text())
    assert _ten_by_hand(page) < 10
    seen.clean()


def test_how_long_the_means_are_to_last_moves_the_end_at_once(site: Site, visit: Callable[..., Any]) -> None:
    seen = visit(site, "analyst")
    page = seen.page
    page.goto("/plans/?plan=visits")
    page.locator("form#means").wait_for()
    before = plain(page.locator("#means-said").inner_text())
    with page.expect_response(lambda one: "span_count=3" in one.url and one.ok):
        page.fill("#span_count", "3")
    page.wait_for_function("before => document.getElementById('means-said').innerText !== before", arg=before)
    with page.expect_response(lambda one: "span_count=0" in one.url and one.ok):
        page.fill("#span_count", "0")
    page.locator("#span-wrong", has_text="ist kein Zeitraum").wait_for()
    seen.clean()


def test_field_sales_plan_visits_to_their_own_customers_in_english(site: Site, visit: Callable[..., Any]) -> None:
    seen = visit(site, "field", language="en")
    page = seen.page
    _planner(page)
    assert page.locator("#manager option").count() <= 2
    links = page.locator("table.visits tbody th a")
    assert links.count() > 0
    for address in [str(link.get_attribute("href")) for link in links.all()][:4]:
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200
    seen.clean()
