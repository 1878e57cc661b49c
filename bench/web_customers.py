"""Measures the customer list of the web app: `python -m bench.web_customers PROJECT [--runs 20] [--export]`.

PROJECT is a folder with a run; its kept files are removed and made anew, which is measured too. Seconds are those of the processor (all
threads of this process), so that other work on the machine does not count. "first" is the first time a filter is asked for, "again" the
median of the times after it; pages are made by the web app itself, without the way over the network.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

QUESTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("all customers by value", {}),
    ("by name", {"sort": "name"}),
    ("one region, class A", {"region": "Süd", "class": "A"}),
    ("search for a word of many names", {"q": "gmbh"}),
    ("search for one letter", {"q": "e", "sort": "-last_purchase"}),
    ("search for the beginning of a number", {"q": "1099"}),
    ("loss makers, worst first", {"loss_maker": "1", "sort": "contribution_year"}),
    ("five filters at once", {"q": "bau", "class": "A", "value_min": "1000", "p_alive_max": "95", "last_purchase_min": "2025-01-01"}),
)  # fmt: skip


def seconds(do: Callable[[], Any]) -> float:
    """Processor time of one call."""
    begin = time.process_time()
    do()
    return time.process_time() - begin


def line(what: str, do: Callable[[], Any], runs: int) -> str:
    """One row of the table: the first time and the median of the others, in milliseconds."""
    first = seconds(do)
    again = [seconds(do) for _ in range(runs)]
    return f"| {what} | {first * 1000:,.0f} | {statistics.median(again) * 1000:,.1f} | {max(again) * 1000:,.1f} |"


def of_flow(project: Path, runs: int) -> list[str]:
    """The list alone: without words, templates and sign-in."""
    from kundenwert.flows.customer_list import open_list
    from kundenwert.web.customers.asked import asked_of

    opened = open_list(project)
    rows = [line(f"flow: {what}", lambda given=given: opened.page(asked_of(given).query, managers=None), runs) for what, given in QUESTIONS]  # type: ignore[misc]
    rows.append(line("flow: a page in the middle", _middle(opened), runs))
    some = frozenset(word for word, _ in opened.choices(managers=None).get("account_manager", ())[:1])
    rows.append(line("flow: own customers only", lambda: opened.page(asked_of({}).query, managers=some), runs))
    return rows


def _middle(opened: Any) -> Callable[[], Any]:
    from kundenwert.flows.customer_list_query import Key, Query

    middle = opened._dicts(opened._order("value", down=True)[opened.rows // 2 : opened.rows // 2 + 1].astype(int), "value")[0]
    key = Key(middle["key"].value, middle["customer_id"])
    return lambda: opened.page(Query(after=key), managers=None)


def of_pages(project: Path, runs: int) -> list[str]:
    """Whole pages and parts, as the web app answers."""
    from django.test import Client

    from kundenwert.web.accounts.models import User
    from kundenwert.web.workspace.known import know

    know(project)
    client = Client(SERVER_NAME="127.0.0.1")
    user = User.objects.filter(email="bench@example.com").first() or User.objects.create_user(
        "bench@example.com", "x", name="B", role="analyst"
    )
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    part = {"HX-Request": "true", "HX-Target": "list-table"}

    def get(given: dict[str, Any], headers: dict[str, str]) -> None:
        answer = client.get("/customers/", given, headers=headers)
        if answer.status_code != 200:
            raise SystemExit(f"The page answered {answer.status_code}.")

    rows = [line("page: all customers by value", lambda: get({}, {}), runs)]
    return rows + [line(f"part: {what}", lambda given=given: get(given, part), runs) for what, given in QUESTIONS]  # type: ignore[misc]


def of_exports(project: Path, out: Path) -> list[str]:
    """All customers as files, once each."""
    from kundenwert.flows.customer_list import open_list
    from kundenwert.flows.customer_list_export import FORMATS, write_list
    from kundenwert.flows.customer_list_query import Query
    from kundenwert.reports.language import Language
    from kundenwert.web.customers.asked import DEFAULT

    rows = []
    for ending in FORMATS:

        def write(ending: str = ending) -> None:
            write_list(
                open_list(project), Query(), ("customer_id", *DEFAULT), out / f"list.{ending}", managers=None, language=Language("de")
            )

        taken = seconds(write)
        rows.append(
            f"| export: all customers as {ending}, {(out / f'list.{ending}').stat().st_size / 1e6:,.0f} MB | {taken * 1000:,.0f} | | |"
        )
    return rows


def main() -> None:
    """Measures and prints a table in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m bench.web_customers", description="Measures the customer list of the web app.")
    parser.add_argument("project", type=Path)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--export", action="store_true", help="write all customers as CSV and workbook too")
    given = parser.parse_args()
    project = given.project.resolve()
    with tempfile.TemporaryDirectory(prefix="kundenwert-bench-") as scratch:
        os.environ["KUNDENWERT_HOME"] = scratch
        from kundenwert.flows import index
        from kundenwert.flows.customer_list import open_list
        from kundenwert.web.serve import prepare

        prepare(Path(scratch), [])
        index.forget(project)
        built = seconds(lambda: index.build(project))
        rows = open_list(project).rows
        size = sum(path.stat().st_size for path in (project / "index").rglob("*") if path.is_file())
        print(f"{rows:,} customers; files made in {built:,.1f} s, {size / 1e6:,.0f} MB\n")
        print("| what | first, ms | again, ms | slowest again, ms |\n| --- | --- | --- | --- |")
        for row in (
            *of_flow(project, given.runs),
            *of_pages(project, given.runs),
            *(of_exports(project, Path(scratch)) if given.export else ()),
        ):
            print(row)


if __name__ == "__main__":
    main()
