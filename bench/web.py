"""The web app under its readers: `python -m bench.web [--project DIR] [--people 50] [--seconds 60]`.

Starts `kundenwert serve` on this machine alone with a home of its own and reads its pages: each page alone, warm, and then fifty people
who are signed in and do something every ten seconds, each with a connection of his own. Without --project the invented company is made
and valued first (`components.py`). Who reads shares the cores with the server, so the figures are those of a busy machine.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench import report
from bench.measure import KUNDENWERT, ROOT, module

HERE = Path(__file__).resolve().parent
TITLE = "Web app"
PAGE_MS, LIST_MS, PREVIEW_MS, TOGETHER_MS = 150.0, 300.0, 1000.0, 250.0
# Seconds between two actions of one person.
PAUSE = 10.0
_BLOCK = 1000


@dataclass(frozen=True)
class Page:
    """A page: its name, its address, its target alone, and how often people open it.

    In the address {customer} is replaced by an id, {money}, {hours} and {share} by what a slider may say.
    """

    name: str
    address: str
    target: float
    weight: int


# New screens are added here.
PAGES = (
    Page("overview", "/overview/", PAGE_MS, 3),
    Page("customers", "/customers/", PAGE_MS, 4),
    Page("customers, sorted by revenue", "/customers/?sort=-revenue", LIST_MS, 2),
    Page("customers, two filters", "/customers/?at_risk=1&sort=-value", LIST_MS, 2),
    Page("customers, searched", "/customers/?q=Bau", LIST_MS, 1),
    Page("one customer", "/customers/customer/{customer}/", PAGE_MS, 5),
    # The browser asks for it as soon as the page is there.
    Page("one customer, second part", "/customers/more/{customer}/", PAGE_MS, 5),
    Page("portfolio", "/portfolio/", PAGE_MS, 2),
    Page("customer result", "/result/", PAGE_MS, 1),
    Page("models", "/models/", PAGE_MS, 1),
    Page("planner", "/plans/", PAGE_MS, 1),
    Page("planner, money moved", "/plans/?limit_money={money}", PREVIEW_MS, 1),
    Page("planner, all sliders moved", "/plans/?limit_money={money}&limit_hours={hours}&hold_out={share}", PREVIEW_MS, 1),
    Page("jobs", "/jobs/", PAGE_MS, 1),
    Page("people", "/administration/people/", PAGE_MS, 1),
)


@dataclass
class Times:
    """Milliseconds of the answers to one page, and what went wrong."""

    found: list[float] = field(default_factory=list)
    wrong: list[int] = field(default_factory=list)
    # Milliseconds of processor that the server needed for each, on average.
    worked: float = float("nan")

    def at(self, share: float) -> float:
        """The share-quantile: at least this share of the answers came within so many milliseconds."""
        ordered = sorted(self.found)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def main(words: list[str]) -> int:
    given = _arguments(words)
    with tempfile.TemporaryDirectory(prefix="kundenwert-bench-") as scratch:
        project = given.project or _made(given.customers, given.data or Path(scratch), given.memory)
        home = Path(scratch) / "home"
        visitors = _visitors(home, given.people)
        customers = _customers(project)
        with _server(project, home) as (port, server):
            first, alone = _alone(port, server, visitors[0], customers, given.repeat)
            pages = [page for page in PAGES if page.name in alone]
            load = os.getloadavg()[0]
            together, used = _together(port, visitors, customers, pages, given.seconds)
        body = "\n\n".join(_told(_count(project), given, first, alone, together, load, used))
    print(f"\n{body}")
    if given.results:
        page = given.results.read_text(encoding="utf-8") if given.results.exists() else ""
        given.results.write_text(report.with_section(page, TITLE, body), encoding="utf-8")
    return 0


def _arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.web", description="The web app under its readers.")
    parser.add_argument("--project", type=Path, help="a project with a run; without it the invented company is made")
    parser.add_argument("--customers", type=int, default=1_000_000, help="customers of the company that is made")
    parser.add_argument("--data", type=Path, help="folder where the made company is kept")
    parser.add_argument("--memory", default="4GB", help="memory limit of the engine while it is valued")
    parser.add_argument("--people", type=int, default=50, help="people who are signed in")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long they work together")
    parser.add_argument("--repeat", type=int, default=30, help="how often each page is opened alone")
    parser.add_argument("--results", type=Path, help="the page into which the section is put, such as bench/RESULTS.md")
    return parser.parse_args(words)


def _made(customers: int, data: Path, memory: str) -> Path:
    project = data / f"web-{customers}"
    if not (project / "runs" / "current").exists():
        tables = data / f"company-{customers}"
        if not (tables / "transactions.parquet").exists():
            subprocess.run(module("components", "tables", customers, tables), check=True, cwd=ROOT)
        subprocess.run(module("components", "whole_run", tables, project, memory), check=True, cwd=ROOT)
    return project


# ---- the server and its readers -----------------------------------------------------------------------------------


def _visitors(home: Path, people: int) -> list[str]:
    """Accounts in a new home, signed in; the cookie of each."""
    found = subprocess.run(module("web", "visitors", home, people), check=True, cwd=ROOT, capture_output=True, text=True)
    return list(json.loads(found.stdout.splitlines()[-1]))


def visitors(home: str, people: str) -> None:
    """In a process of its own: makes the home and the accounts, and signs them in without the limits of the sign-in."""
    from kundenwert.web.serve import prepare

    prepare(Path(home), [])
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from kundenwert.web.accounts.models import User

    cookies = []
    for number in range(int(people)):
        language = "de" if number % 4 else "en"
        user = User.objects.create_user(f"p{number}@firma.example", name=f"Person {number}", role="admin", language=language)
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
        cookies.append(f"{settings.SESSION_COOKIE_NAME}={session.session_key}")
    print(json.dumps(cookies))


def _customers(project: Path) -> list[str]:
    import duckdb

    run = (project / "runs" / "current").read_text(encoding="utf-8").strip()
    with duckdb.connect() as connection:
        text = "select customer_id from (select customer_id from read_parquet($path) using sample reservoir(1000 rows) repeatable (7))"
        rows = connection.execute(text, {"path": str(project / "runs" / run / "customers.parquet")}).fetchall()
    return [str(row[0]) for row in rows]


def _count(project: Path) -> int:
    import duckdb

    run = (project / "runs" / "current").read_text(encoding="utf-8").strip()
    with duckdb.connect() as connection:
        path = {"path": str(project / "runs" / run / "customers.parquet")}
        return int(connection.execute("select count(*) from read_parquet($path)", path).fetchall()[0][0])


@contextmanager
def _server(project: Path, home: Path) -> Iterator[tuple[int, int]]:
    """Port and process number of a server while it runs."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with (home / "log").open("w") as log:
        server = subprocess.Popen([KUNDENWERT, "serve", str(project), "--port", str(port), "--home", str(home)], cwd=ROOT, stderr=log)
    try:
        _wait(port)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(30)


def _wait(port: int) -> None:
    for _ in range(300):
        try:
            if _get(http.client.HTTPConnection("127.0.0.1", port, timeout=5), "/health", "")[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise SystemExit("The server did not answer within a minute.")


def _get(connection: http.client.HTTPConnection, address: str, cookie: str) -> tuple[int, float]:
    """Status and milliseconds until the whole page is there."""
    begin = time.perf_counter()
    connection.request("GET", address, headers={"Cookie": cookie, "Accept": "text/html", "Host": f"127.0.0.1:{connection.port}"})
    answer = connection.getresponse()
    answer.read()
    return answer.status, (time.perf_counter() - begin) * _BLOCK


# ---- what is measured ---------------------------------------------------------------------------------------------


def _alone(port: int, server: int, cookie: str, customers: list[str], repeat: int) -> tuple[dict[str, float], dict[str, Times]]:
    """Each page by one reader: the first time, when what is kept of a run is made, and then warm. Pages that are not there are left out."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    first: dict[str, float] = {}
    found: dict[str, Times] = {}
    chosen = random.Random(7)
    for page in PAGES:
        status, first[page.name] = _get(connection, _address(page, customers, chosen), cookie)
        if status != 200:
            print(f"{page.name}: answers {status}, left out", file=sys.stderr)
            continue
        _get(connection, _address(page, customers, chosen), cookie)
        before = _worked(server)
        times = found[page.name] = _repeated(connection, page, cookie, customers, chosen, repeat)
        times.worked = (_worked(server) - before) * _BLOCK / repeat
        print(
            f"{page.name}: first {first[page.name]:,.0f} ms, then {times.at(0.5):,.0f}, p95 {times.at(0.95):,.0f}",
            file=sys.stderr,
            flush=True,
        )
    return first, found


def _address(page: Page, customers: list[str], chosen: random.Random) -> str:
    """An address by chance: another customer, sliders that stand elsewhere."""
    sliders = {"money": chosen.randrange(2_000, 400_000), "hours": chosen.randrange(100, 5_000), "share": chosen.choice((0, 5, 10, 13, 20))}
    return page.address.format(customer=chosen.choice(customers), **sliders)


def _repeated(
    connection: http.client.HTTPConnection, page: Page, cookie: str, customers: list[str], chosen: random.Random, repeat: int
) -> Times:
    times = Times()
    for _ in range(repeat):
        status, milliseconds = _get(connection, _address(page, customers, chosen), cookie)
        times.found.append(milliseconds)
        if status != 200:
            times.wrong.append(status)
    return times


def _together(port: int, cookies: list[str], customers: list[str], pages: list[Page], seconds: float) -> tuple[dict[str, Times], float]:
    """Everybody at once, each with his own pace and choice; and how much of the time the cores were at work."""
    found = {page.name: Times() for page in pages}
    lock = threading.Lock()
    begin = time.perf_counter()
    until = begin + seconds
    busy = _busy()

    def work(number: int) -> None:
        chosen = random.Random(number)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        time.sleep(chosen.random() * PAUSE)
        due = time.perf_counter()
        while due < until:
            (page,) = chosen.choices(pages, [one.weight for one in pages])
            status, milliseconds = _get(connection, _address(page, customers, chosen), cookies[number])
            with lock:
                found[page.name].found.append(milliseconds)
                if status != 200:
                    found[page.name].wrong.append(status)
            due += PAUSE
            time.sleep(max(0.0, due - time.perf_counter()))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(cookies))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found, (_busy() - busy) / (time.perf_counter() - begin)


def _worked(server: int) -> float:
    """Seconds of processor that the processes of the server have used; the worker beside it idles. NaN where the system does not say."""
    try:
        listed = Path(f"/proc/{server}/task/{server}/children").read_text().split()
        rows = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in listed]
    except OSError:
        return float("nan")
    return sum(float(row[11]) + float(row[12]) for row in rows) / os.sysconf("SC_CLK_TCK")


def _busy() -> float:
    """Seconds that the cores of this machine were at work, all programs together; 0 where the system does not say."""
    try:
        fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    except OSError:
        return 0.0
    user, nice, system, _, _, irq, soft = (float(one) for one in fields[:7])
    return (user + nice + system + irq + soft) / os.sysconf("SC_CLK_TCK")


def _told(
    customers: int,
    given: argparse.Namespace,
    first: dict[str, float],
    alone: dict[str, Times],
    together: dict[str, Times],
    load: float,
    used: float,
) -> Iterator[str]:
    targets = {page.name: page.target for page in PAGES}
    everything = Times([one for times in together.values() for one in times.found])
    wrong = sum(len(times.wrong) for times in (*alone.values(), *together.values()))
    yield (
        f"{customers:,} customers ({report.machine()}). Written by `python -m bench.web`. Milliseconds until the whole page is there, on "
        "loopback; the readers share the cores with the server."
    )
    rows = [
        (
            "met" if times.at(0.95) <= targets[name] else "**missed**",
            name,
            f"{first[name]:,.0f}",
            f"{times.at(0.5):,.0f}",
            f"{times.at(0.95):,.0f}",
            f"{times.worked:,.0f}",
            f"{targets[name]:,.0f}",
            f"{together[name].at(0.95):,.0f}" if together[name].found else "",
        )
        for name, times in alone.items()
    ]
    yield report.table(
        ("", "page", "first time", "median", "95 of 100 within", "of it processor, mean", "target", "95 of 100, all together"), rows
    )
    met = "met" if everything.at(0.95) <= TOGETHER_MS else "missed"
    yield (
        f"{given.people} people with one action every {PAUSE:.0f} s for {given.seconds:.0f} s: {len(everything.found)} pages, half within "
        f"{everything.at(0.5):,.0f} ms, 95 of 100 within {everything.at(0.95):,.0f} ms, the slowest {max(everything.found):,.0f} ms; "
        f"target {TOGETHER_MS:.0f} ms: {met}. Answers that were no page: {wrong}. "
        f"On average {used:.1f} cores were at work, other programs included; the load before was {load:.1f}."
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["visitors"]:
        visitors(*sys.argv[2:])
    else:
        sys.exit(main(sys.argv[1:]))
