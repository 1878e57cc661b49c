"""The web app in tests: a client signed in with a role, and a small project with a run."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from kundenwert.web.home import Home

# The scan of sentences is shared with the reports.
sys.path.append(str(Path(__file__).parents[1] / "reports"))
PASSWORD = "richtig-Pferd-Batterie-7"


@pytest.fixture(autouse=True)
def _quick(settings: Any, tmp_path: Path) -> None:
    """Passwords without work, files without hashes in their names, a home of its own."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.HOME = Home(tmp_path / "home")
    settings.HOME.prepare()


@pytest.fixture
def person(db: None) -> Callable[..., Any]:
    """Makes an account: person("field", managers="A. Okafor")."""
    from kundenwert.web.accounts.models import User

    def make(role: str, email: str = "", *, managers: str = "", name: str = "", language: str = "de") -> User:
        address = email or f"{role}@firma.example"
        found = User.objects.filter(email=address).first()
        return found or User.objects.create_user(
            address, PASSWORD, name=name or role.capitalize(), role=role, account_managers=managers, language=language
        )

    return make


@pytest.fixture
def signed_in(person: Callable[..., Any]) -> Callable[..., Client]:
    """A client of somebody with that role: signed_in("analyst")."""

    def make(role: str, email: str = "", *, managers: str = "", name: str = "", language: str = "de") -> Client:
        client = Client()
        client.force_login(
            person(role, email, managers=managers, name=name, language=language),
            backend="allauth.account.auth_backends.AuthenticationBackend",
        )
        return client

    return make


@pytest.fixture(scope="session")
def _small_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with customers, invoices and a run; made once, copied for each test that opens it."""
    from kundenwert.flows.init import init
    from kundenwert.flows.progress import Progress
    from kundenwert.flows.run import run
    from kundenwert.sources import Wanted

    folder = tmp_path_factory.mktemp("web") / "klein"
    exports = folder / "exports"
    exports.mkdir(parents=True)
    lines, customers = ["Belegnummer;Kundennummer;Datum;Betrag"], ["Kundennummer;Name;Kundenbetreuer;Region;Branche"]
    number = 0
    for customer in range(1, 61):
        manager = ("A. Okafor", "B. Lind", "C. Sommer")[customer % 3]
        customers.append(f"K{customer:03};Firma {customer:03} GmbH;{manager};{'Nord' if customer % 2 else 'Süd'};Handel")
        for month in range(1, 22):
            if (customer * 7 + month * 3) % 11 < 6 - customer % 4 and (customer % 5 or month < 9):
                number += 1
                year, calendar = 2024 + (month - 1) // 12, (month - 1) % 12 + 1
                amount = 100 + customer * 13 + month * 5
                lines.append(f"R{number:05};K{customer:03};{customer % 27 + 1:02}.{calendar:02}.{year};{amount},50")
    (exports / "rechnungen.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (exports / "kunden.csv").write_text("\n".join(customers) + "\n", encoding="utf-8")
    flags = {"title": "Klein & Fein GmbH", "currency": "EUR", "margin": 0.3, "model": "mbg_nbd"}
    init(folder, [exports / "rechnungen.csv", exports / "kunden.csv"], Wanted(), flags, progress=Progress())
    run(folder, {}, clock=datetime(2025, 11, 1, 9, tzinfo=UTC), progress=Progress())
    return folder


@pytest.fixture
def room(_small_project: Path, tmp_path: Path, db: None) -> Path:
    """A copy of the small project, known to the app and open."""
    from kundenwert.web.workspace.known import know

    folder = tmp_path / "klein"
    shutil.copytree(_small_project, folder)
    know(folder)
    return folder
