"""A home from zero: tables, the first start of several at once, and tries at sign-in that several processes count together."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

_START = """
import json, sys, threading
from pathlib import Path
from kundenwert.web.serve import prepare
prepare(Path(sys.argv[1]), [])
prepare(Path(sys.argv[1]), [])
from django.conf import settings
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
settings.AUTH_PASSWORD_VALIDATORS = []
settings.ALLOWED_HOSTS = ["testserver"]
from django.test import Client
from django.db import connection
from kundenwert.web.accounts import views
from kundenwert.web.accounts.models import User
# Everybody is past the first look at the accounts before anybody makes one.
together = threading.Barrier(4, timeout=30)
really = views._administrator
def at_once(values):
    together.wait()
    return really(values)
views._administrator = at_once
views.first_start.is_first = lambda: True
codes = []
def one(number):
    values = {"name": "A", "email": f"a{number}@firma.example", "password": "Ein-langer-Satz-7"}
    codes.append(Client().post("/account/first/", values).status_code)
    connection.close()
threads = [threading.Thread(target=one, args=(number,)) for number in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(json.dumps({"codes": sorted(codes), "people": User.objects.count(), "roles": list(User.objects.values_list("role", flat=True)),
                  "email": User.objects.get().email}))
"""
_TRY = """
import json, sys, django
django.setup()
from django.conf import settings
settings.ALLOWED_HOSTS = ["testserver"]
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
from django.test import Client
codes = [Client().post("/account/login/", {"login": sys.argv[1], "password": word}).status_code for word in sys.argv[2:]]
print(json.dumps(codes))
"""


def _run(home: Path, code: str, *words: str) -> Any:
    values = {name: value for name, value in os.environ.items() if not name.startswith("KUNDENWERT_")}
    values |= {"DJANGO_SETTINGS_MODULE": "kundenwert.web.settings", "KUNDENWERT_HOME": str(home)}
    done = subprocess.run([sys.executable, "-c", code, *words], env=values, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.server
def test_four_first_starts_at_once_make_one_administrator_and_tries_count_across_processes(tmp_path: Path) -> None:
    home = tmp_path / "home"
    found = _run(home, _START, str(home))
    assert (found["codes"], found["people"], found["roles"]) == ([302, 404, 404, 404], 1, ["admin"])
    assert (home / "secret.key").stat().st_mode & 0o077 == 0
    assert home.stat().st_mode & 0o077 == 0
    right = "Ein-langer-Satz-7"
    assert _run(home, _TRY, found["email"], "wrong-1", "wrong-2", "wrong-3", right) == [200, 200, 200, 302]
    assert _run(home, _TRY, found["email"], "wrong-4", "wrong-5", right) == [200, 200, 200]


@pytest.mark.django_db
def test_the_tables_are_those_of_the_models(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("makemigrations", check=True, dry_run=True)
    assert "No changes detected" in capsys.readouterr().out


@pytest.mark.django_db
def test_every_migration_of_ours_has_run_from_zero() -> None:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
    ours = {app for app, _ in executor.loader.graph.nodes if app in {"accounts", "workspace", "jobs"}}
    assert ours == {"accounts", "workspace", "jobs"}
    assert executor.loader.detect_conflicts() == {}
