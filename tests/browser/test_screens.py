"""Every screen, as a machine can look at it: barriers, width, movement, policy, other hosts, errors. A new screen must be named here."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from axe_playwright_python.sync_playwright import Axe

sys.path.insert(0, str(Path(__file__).parent))

pytestmark = pytest.mark.browser

# Name of the address -> path. {customer} is a customer of the example company, {job} its newest job, {plan} its newest plan.
SCREENS = {
    "overview:overview": "/overview/",
    "portfolio:portfolio": "/portfolio/",
    "result:result": "/result/",
    "models:models": "/models/",
    "plans:planner": "/plans/",
    "plans:actions": "/plans/actions/",
    "plans:list": "/plans/list/",
    "plans:plan": "/plans/plan/{plan}/",
    "plans:sheet": "/plans/plan/{plan}/print/",
    "imports:start": "/import/",
    "customers:list": "/customers/",
    "customers:views": "/customers/views/",
    "customers:customer": "/customers/customer/{customer}/",
    "customers:lines": "/customers/lines/{customer}/",
    "workspace:projects": "/projects/",
    "terms:terms": "/terms/",
    "jobs:list": "/jobs/",
    "jobs:schedule": "/jobs/schedule/valuation/",
    "administration:people": "/administration/people/",
    "administration:new": "/administration/people/new/",
    "administration:person": "/administration/people/1/",
    "administration:roles": "/administration/roles/",
    "administration:changes": "/administration/changes/",
    "administration:audit": "/administration/audit/?retention=1",
    "accounts:settings": "/account/settings/",
    "account_change_password": "/account/password/change/",
    "account_reauthenticate": "/account/reauthenticate/",
    "account_logout": "/account/logout/",
    "mfa_index": "/account/second-factor/",
    "usersessions_list": "/account/sessions/",
}
# Screens that nobody who is signed in sees, or that need a state of their own: they have tests elsewhere.
ELSEWHERE = {
    "account_inactive",
    "account_login",
    "accounts:first",
    "accounts:reset",
    "imports:check",
    "imports:columns",
    "imports:files",
    "imports:rejected",
    "mfa_activate_totp",
    "mfa_authenticate",
    "mfa_deactivate_totp",
    "mfa_generate_recovery_codes",
    "mfa_reauthenticate",
    "mfa_view_recovery_codes",
}
# Not screens: files, parts of pages, answers to forms, ways to other pages.
NO_SCREENS = {
    "accounts:end_session",
    "administration:audit_export",
    "administration:check",
    "administration:end_session",
    "administration:link",
    "administration:second_factor",
    "customers:delete_view",
    "customers:export",
    "customers:more",
    "customers:note",
    "customers:rate",
    "customers:save_view",
    "customers:sheet",
    "home",
    "imports:again",
    "imports:discard",
    "imports:new",
    "imports:remove",
    "imports:save",
    "imports:sheet",
    "jobs:cancel",
    "jobs:job",
    "jobs:notice",
    "jobs:progress",
    "jobs:unschedule",
    "language",
    "mfa_download_recovery_codes",
    "plans:approve",
    "plans:export",
    "plans:make",
    "plans:return",
    "plans:submit",
    "portfolio:weights",
    "portfolio:workbook",
    "result:records",
    "result:report",
    "result:step",
    "workspace:example",
    "workspace:forget",
    "workspace:open",
    "workspace:visit",
}
# Rules of axe-core that hold for WCAG 2.2 AA and good practice; all of them.
_SHIFT = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => { for (const one of list.getEntries()) if (!one.hadRecentInput) sum += one.value; })
    .observe({type: "layout-shift", buffered: true});
  setTimeout(() => done(sum), 400);
})"""


def test_every_screen_stands_in_this_list() -> None:
    from kundenwert.web.rights import NOBODY, RULES

    open_ones = {name for name, rule in RULES.items() if rule is not NOBODY}
    assert sorted(open_ones - set(SCREENS) - ELSEWHERE - NO_SCREENS) == []
    assert sorted((set(SCREENS) | ELSEWHERE | NO_SCREENS) - open_ones) == []


@pytest.fixture(scope="module")
def customer(site: Any) -> str:
    """The most valuable customer of the example company."""
    table = pq.read_table(next((site.project / "runs").glob("*/customers.parquet")), columns=["customer_id", "value"])
    return str(max(zip(*table.to_pydict().values(), strict=True), key=lambda pair: pair[1] or 0)[0])


@pytest.fixture(scope="module")
def plan(site: Any) -> str:
    """The ten visits that the example company plans."""
    made = site.python(
        "from pathlib import Path; from datetime import UTC, datetime\n"
        "from kundenwert.flows.plans import plan; from kundenwert.flows.progress import Progress\n"
        f"print(plan(Path({str(site.project)!r}), 'visits', {{}}, clock=datetime.now(UTC), progress=Progress()).name)"
    )
    return str(made)


def _paths(customer: str, plan: str) -> Iterator[tuple[str, str]]:
    for name, path in SCREENS.items():
        yield name, path.format(customer=customer, plan=plan)


@pytest.mark.parametrize(("width", "dark", "language"), [(1440, False, "de"), (360, True, "en"), (768, False, "en"), (1920, True, "de")])
def test_no_screen_has_barriers_scrolls_sideways_moves_or_breaks_the_policy(
    site: Any, visit: Callable[..., Any], customer: str, plan: str, width: int, dark: bool, language: str
) -> None:
    seen = visit(site, "admin", width=width, dark=dark, language=language)
    page, axe, found = seen.page, Axe(), []
    for name, path in _paths(customer, plan):
        answer = page.goto(path)
        page.wait_for_load_state("networkidle")
        if answer is None or answer.status != 200:
            found.append(f"{name}: answers {answer and answer.status}")
            continue
        moved = page.evaluate(_SHIFT)
        if moved > 0.02:
            found.append(f"{name}: moved by {moved:.3f}")
        over = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            found.append(f"{name}: {over} pixels too wide at {width}")
        for one in axe.run(page).response["violations"]:
            places = [" ".join(node["target"]) for node in one["nodes"]][:3]
            found.append(f"{name}: {one['id']}, {one['help']}: {places}")
        found += [f"{name}: {trouble}" for trouble in seen.troubles]
        seen.troubles.clear()
    assert found == []


def test_the_keyboard_reaches_everything_and_is_caught_nowhere(site: Any, visit: Callable[..., Any], customer: str, plan: str) -> None:
    page = visit(site, "admin").page
    for name, path in _paths(customer, plan):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        page.keyboard.press("Tab")
        assert page.evaluate("() => document.activeElement.className") == "skip", name
        wanted = page.evaluate(
            """() => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
                .filter(one => one.checkVisibility({visibilityProperty: true}) && !one.disabled && one.tabIndex >= 0
                    && !(one.type === 'radio' && !one.checked)).length"""
        )
        reached, marked = 1, True
        for _ in range(min(wanted * 2 + 20, 400)):
            page.keyboard.press("Tab")
            state = page.evaluate(
                """() => { const one = document.activeElement; if (one === document.body) return null;
                    const style = getComputedStyle(one); const was = one.dataset.seen; one.dataset.seen = 'yes';
                    // The parts of a date mark themselves.
                    const parts = one.type === 'date';
                    return [was === 'yes' && !parts, style.outlineStyle !== 'none' || one.matches('.vh') || parts, was === 'yes']; }"""
            )
            if state is None or state[0]:
                break
            reached += 0 if state[2] else 1
            marked = marked and bool(state[1])
        assert reached >= min(wanted, 380), f"{name}: {reached} of {wanted} are reached"
        assert marked, f"{name}: something has the focus and does not show it"


@pytest.mark.parametrize("path", ["/account/login/", "/nothing-here/"])
@pytest.mark.parametrize("dark", [False, True])
def test_pages_before_sign_in_have_no_barriers(site: Any, visit: Callable[..., Any], path: str, dark: bool) -> None:
    page = visit(site, "", dark=dark, width=360).page
    page.goto(path)
    assert [one["id"] for one in Axe().run(page).response["violations"]] == []
