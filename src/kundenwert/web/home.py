"""Where the web app keeps what is its own: the folder with accounts and jobs, the secret, uploads and projects made in the browser."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

# Told by `kundenwert serve`, or by the environment of a service.
HOME = "KUNDENWERT_HOME"
DATABASE = "KUNDENWERT_DATABASE_URL"
ADDRESS = "KUNDENWERT_PUBLIC_URL"
PROJECT = "KUNDENWERT_PROJECT"
FOLDER = "kundenwert-web"


@dataclass(frozen=True)
class Home:
    """The folder of the web app and what lies in it."""

    folder: Path

    @property
    def secret_file(self) -> Path:
        """The key that signs sessions; readable by its owner alone."""
        return self.folder / "secret.key"

    @property
    def database_file(self) -> Path:
        """Accounts, sessions, drafts and jobs, unless a server of databases keeps them."""
        return self.folder / "web.sqlite3"

    @property
    def projects(self) -> Path:
        """Projects made in the browser."""
        return self.folder / "projects"

    @property
    def drafts(self) -> Path:
        """Uploaded files that are no project yet."""
        return self.folder / "drafts"

    @property
    def static(self) -> Path:
        """Styles, scripts and fonts as they are delivered."""
        return self.folder / "static"

    def secret(self) -> str:
        """The key that signs sessions; one for this process alone before the first start of the server."""
        return self.secret_file.read_text(encoding="utf-8").strip() if self.secret_file.is_file() else secrets.token_urlsafe(50)

    def prepare(self) -> None:
        """Makes the folders and the key; leaves what is there."""
        for folder in (self.folder, self.projects, self.drafts, self.static):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not self.secret_file.is_file():
            descriptor = os.open(self.secret_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(secrets.token_urlsafe(50) + "\n")


def home() -> Home:
    """The home of this process."""
    return Home(Path(os.environ.get(HOME) or FOLDER).absolute())


def database(url: str | None, file: Path) -> dict[str, object]:
    """Django's settings of the database: the file of the home, or the PostgreSQL that `url` names."""
    if not url:
        # Readers do not wait for the writer, and a writer waits instead of failing.
        begin = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
        options = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": begin}
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": file, "OPTIONS": options}
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError(f"{DATABASE} begins with {parts.scheme!r}. Expected: postgresql://user:password@host:5432/name")
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    socket = unquote(query.get("host", ""))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": socket or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
