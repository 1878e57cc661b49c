"""The web app as people meet it: a real server with its worker, and Debian's chromium."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PASSWORD = "richtig-Pferd-Batterie-7"
PEOPLE = {"admin": "", "analyst": "", "manager": "", "dpo": "", "reader": "", "field": "the first of the company"}

# Makes the accounts in the server's own database; the names of account managers come from the open project.
_MAKE_PEOPLE = """
import sys, django
django.setup()
from pathlib import Path
from kundenwert.flows.customer_list import open_list
from kundenwert.web.accounts.models import User
from kundenwert.web.workspace.models import Project
folder = Path(Project.objects.order_by("-opened").first().folder)
managers = [name for name, _ in open_list(folder).choices(managers=None).get("account_manager", ()) if name]
for role in {roles!r}:
    own = managers[0] if role == "field" and managers else ""
    User.objects.create_user(role + "@firma.example", {password!r}, name=role.capitalize() + " Beispiel", role=role,
                             account_managers=own, language={language!r})
print(managers[0] if managers else "")
"""


@dataclass
class Site:
    """A running server: its address, its home, the account manager whose customers the field sales account sees."""

    address: str
    home: Path
    project: Path
    environment: dict[str, str]
    manager: str = ""
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def python(self, program: str) -> str:
        """Runs a program in the environment of the server."""
        done = subprocess.run(
            [sys.executable, "-c", program], env=self.environment, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _environment(home: Path, **more: str) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("KUNDENWERT_")}
    return {**plain, "KUNDENWERT_HOME": str(home), "DJANGO_SETTINGS_MODULE": "kundenwert.web.settings", **more}


def started(folder: Path, project: Path, *, people: bool = True, language: str = "de", **more: str) -> Site:
    """Starts a server with its worker; `ended` stops it."""
    home, port = folder / "home", _free_port()
    site = Site(f"http://127.0.0.1:{port}", home, project, _environment(home, **more))
    command = [shutil.which("kundenwert") or str(Path(sys.executable).with_name("kundenwert")), "serve", str(project)]
    with (folder / "serve.log").open("ab") as log:
        process = subprocess.Popen(
            [*command, "--home", str(home), "--port", str(port)], env=site.environment, stdout=log, stderr=log, cwd=folder
        )
    site._processes.append(process)
    limit = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(f"{site.address}/health", timeout=2) as answer:
                if answer.status == 200:
                    break
        except OSError:
            assert process.poll() is None, (folder / "serve.log").read_text(encoding="utf-8")
            assert time.monotonic() < limit, "the server did not answer in a minute"
            time.sleep(0.2)
    if people:
        site.manager = site.python(_MAKE_PEOPLE.format(roles=list(PEOPLE), password=PASSWORD, language=language))
    return site


def ended(site: Site) -> None:
    """Stops the server and its worker."""
    for process in site._processes:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example company, valued once."""
    return _demo(tmp_path_factory.mktemp("company"), "kundenwert-company-demo", "--company")


@pytest.fixture(scope="session")
def wholesaler(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real wholesaler, valued once."""
    return _demo(tmp_path_factory.mktemp("wholesaler"), "kundenwert-demo")


def _demo(folder: Path, name: str, *words: str) -> Path:
    program = shutil.which("kundenwert") or str(Path(sys.executable).with_name("kundenwert"))
    done = subprocess.run([program, "demo", *words, "--quiet"], cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return folder / name


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, company: Path) -> Iterator[Site]:
    """The example company in a server, with one account for each role."""
    found = started(tmp_path_factory.mktemp("site"), company)
    yield found
    ended(found)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's browser; where it is missing the tests are skipped, in CI they fail."""
    program = shutil.which("chromium")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("chromium is missing; .ci/run installs it")
        pytest.skip("chromium is missing: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield browser
        browser.close()


@dataclass
class Seen:
    """A page of the browser and everything that went wrong on it: messages of the console, requests to others, errors of the server."""

    page: Page
    troubles: list[str]

    def clean(self) -> None:
        """Nothing went wrong since the last look."""
        assert self.troubles == []


def _watch(page: Page, address: str) -> Seen:
    troubles: list[str] = []

    def told(one: Any) -> None:
        troubles.append(f"console: {one.text}")

    # A page that is left while htmx asks for the state of a job says that this request ended; what the server answers is seen below.
    left = ("htmx:afterRequest", "htmx:sendError", "htmx:sendAbort")
    page.on("console", lambda one: told(one) if one.type in {"error", "warning"} and not one.text.startswith(left) else None)
    page.on("pageerror", lambda one: troubles.append(f"script: {one}"))
    page.on("request", lambda one: None if one.url.startswith((address, "data:", "blob:")) else troubles.append(f"asks {one.url}"))
    page.on("response", lambda one: troubles.append(f"{one.status} {one.url}") if one.status >= 500 else None)
    return Seen(page, troubles)


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Callable[..., Seen]]:
    """Signs somebody in at a server: visit(site, "analyst", width=1440, dark=False, language="de")."""
    contexts: list[BrowserContext] = []

    def enter(site: Site, role: str = "admin", *, width: int = 1440, height: int = 900, dark: bool = False, language: str = "de") -> Seen:
        context = chromium.new_context(
            locale=language,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            accept_downloads=True,
            base_url=site.address,
        )
        contexts.append(context)
        context.set_default_timeout(20_000)
        seen = _watch(context.new_page(), site.address)
        if role:
            sign_in(seen.page, role)
            set_language(seen.page, language)
        return seen

    yield enter
    for context in contexts:
        context.close()


def sign_in(page: Page, role: str) -> None:
    """Through the form, as people do."""
    page.goto("/account/login/")
    page.fill("[name=login]", f"{role}@firma.example")
    page.fill("[name=password]", PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_load_state("networkidle")
    assert "/account/login" not in page.url


def set_language(page: Page, language: str) -> None:
    """Through the account's settings, if it is another one."""
    if page.locator("html").get_attribute("lang") != language:
        page.goto("/account/settings/")
        page.select_option("[name=language]", language)
        page.locator("main form button.main-action").click()
        page.wait_for_load_state("networkidle")
    assert page.locator("html").get_attribute("lang") == language


def press(page: Page, button: Locator, seconds: float = 180.0) -> None:
    """Presses what leads to another page; if that is the page of a job, waits for it and goes to its result."""
    with page.expect_navigation():
        button.click()
    page.wait_for_load_state("networkidle")
    if "/jobs/" in page.url:
        page.locator("#job a.main-action").wait_for(timeout=seconds * 1000)
        with page.expect_navigation():
            page.locator("#job a.main-action").click()
        page.wait_for_load_state("networkidle")


def headline(page: Page) -> str:
    """The finding of a page, with plain blanks."""
    return re.sub(r"\s+", " ", page.locator("h1").inner_text()).strip()


def plain(text: str) -> str:
    """Hard blanks and line breaks as plain blanks."""
    return re.sub(r"\s+", " ", text).strip()


def until(test: Callable[[], Any], seconds: float = 120.0, step: float = 0.3) -> Any:
    """Waits for something to become true, and fails when it does not."""
    limit = time.monotonic() + seconds
    while not (found := test()):
        assert time.monotonic() < limit, "waited in vain"
        time.sleep(step)
    return found
