"""Proxies are looked for in a run: a planted one is found and told, a placebo is not, and nothing of the attribute is kept."""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import exports
import pyarrow.parquet as pq
import pytest

from kundenwert.flows import run as running
from kundenwert.flows.look import manifest
from kundenwert.flows.progress import Progress
from kundenwert.flows.proxy import _POSTCODE, as_json, notices, proxies
from kundenwert.flows.run import Ran, run
from kundenwert.records.proxies import ProxyCheck
from kundenwert.register.book import Decision, Register

NOW = datetime(2025, 6, 1, tzinfo=UTC)
CUSTOMERS = 240
RECORDS = ("customer_id", "name", "Branche", "PLZ", "Geschlecht", "Geburtsdatum", "Muttersprache", "Vorname")


def lines(*, planted: bool) -> list[tuple[Any, ...]]:
    """Customers with even numbers are women. planted: they mostly buy cosmetics.

    The hundredth customer comes too late for a look back, which would take longer than all the rest.
    """
    rng = random.Random(4)
    found = []
    for who in range(CUSTOMERS):
        for turn in range(rng.randint(2, 4)):
            likes = "Kosmetik" if who % 2 == 0 and planted else "Werkzeug"
            group = likes if rng.random() < 0.8 else rng.choice(["Kosmetik", "Werkzeug", "Garten"])
            day = date(2023, 1, 5) + timedelta(days=rng.randrange(300) + 100 * turn if who < 98 else 695 + turn)
            found.append((f"K{who:04}", day, f"R{who}-{turn}", group, f"{rng.randrange(10, 90)}.00"))
    return found


def records() -> list[tuple[Any, ...]]:
    """Postcode and year of birth are drawn by chance; the industry follows the language."""
    rng = random.Random(6)
    found = []
    for who in range(CUSTOMERS):
        language = rng.choice(["deutsch", "polnisch"])
        industry = "Bau" if (language == "polnisch") == (rng.random() < 0.85) else "Handel"
        born = f"{rng.randrange(1, 28):02}.06.{rng.randrange(1940, 2005)}"
        sex, address = ("w", "Frau") if who % 2 == 0 else ("m", "Herr")
        name = f"{address} Muster{who}"
        found.append((f"K{who:04}", name, industry, f"{rng.randrange(10000, 99999)}", sex, born, language, f"Vorname{who}"))
    return found


def project(folder: Path, *, planted: bool = True, header: tuple[str, ...] = RECORDS) -> Path:
    exports.write(
        folder / "exports" / "sales-1.csv", lines(planted=planted), ("customer_id", "date", "invoice", "Warengruppe", "net_amount")
    )
    exports.write(folder / "exports" / "kunden.csv", records(), header)
    (folder / "kundenwert.toml").write_text(
        'currency = "EUR"\nmodel = "mbg_nbd"\nhorizon = "6m"\n[[sources]]\nfiles = ["exports/sales-*.csv"]\n'
        '[tables.customers]\nfiles = ["exports/kunden.csv"]\n',
        encoding="utf-8",
    )
    return folder


def value(folder: Path) -> Ran:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "_write_reports", lambda building, *_: (building / "report.html").write_text("", encoding="utf-8"))
        return run(folder, {"threads": "1", "margin": "0.3"}, clock=NOW, progress=Progress())


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = project(tmp_path_factory.mktemp("planted"))
    value(folder)
    return folder


@pytest.fixture(scope="module")
def checks(planted: Path) -> dict[str, ProxyCheck]:
    return {one.column: one for one in proxies(planted, progress=Progress())}


def verdicts(check: ProxyCheck) -> dict[str, str]:
    return {one.name: one.verdict for one in check.inputs}


def test_every_column_that_tells_a_blocked_attribute_is_looked_at(checks: dict[str, ProxyCheck]) -> None:
    assert set(checks) == {"Geschlecht", "Geburtsdatum", "PLZ", "Muttersprache", "Vorname", "name"}
    assert checks["Geschlecht"].attribute == "gender"
    assert checks["Geschlecht"].classes == (("m", CUSTOMERS // 2), ("w", CUSTOMERS // 2))
    assert checks["Geschlecht"].customers == CUSTOMERS


def test_a_planted_proxy_is_found_and_named(checks: dict[str, ProxyCheck]) -> None:
    found = checks["Geschlecht"]
    told = verdicts(found)
    assert told["product_group = Kosmetik"] == told["product_group = Werkzeug"] == "proxy"
    assert {told["frequency"], told["recency"], told["T"], told["monetary_value"], told["clv"], told["industry"]} == {"none"}
    assert found.together is not None
    assert (found.tells, found.together.verdict) == (True, "proxy")
    assert 0.8 < found.together.lower < found.together.rate < found.together.upper <= 1


def test_another_attribute_has_its_own_proxy(checks: dict[str, ProxyCheck]) -> None:
    assert [one.name for one in checks["Muttersprache"].proxies] == ["industry"]


def test_the_form_of_address_before_a_name_counts_as_one(checks: dict[str, ProxyCheck]) -> None:
    assert dict(checks["name"].classes) == {"frau": CUSTOMERS // 2, "herr": CUSTOMERS // 2}
    assert "product_group = Kosmetik" in {one.name for one in checks["name"].proxies}


@pytest.mark.parametrize("column", ["Geburtsdatum", "PLZ"])
def test_what_nothing_tells_is_no_alarm(checks: dict[str, ProxyCheck], column: str) -> None:
    assert checks[column].untested == ""
    assert not checks[column].tells


def test_ages_are_parted_in_the_middle_and_postcodes_by_their_first_digit(checks: dict[str, ProxyCheck]) -> None:
    (low, few), (high, more) = sorted(checks["Geburtsdatum"].classes)
    assert low.split()[1] == high.split()[1]
    assert abs(few - more) < 20
    assert {name for name, _ in checks["PLZ"].classes} <= set("123456789")


def test_a_column_in_which_everybody_has_another_value_is_not_tested_and_says_why(checks: dict[str, ProxyCheck]) -> None:
    assert "nearly everybody has another value" in checks["Vorname"].untested
    assert checks["Vorname"].inputs == ()


def test_a_run_keeps_the_check_and_warns(planted: Path, checks: dict[str, ProxyCheck]) -> None:
    kept = manifest(planted)
    assert kept["proxies"] == json.loads(json.dumps(as_json(tuple(checks.values()))))
    texts = [entry["text"] for entry in kept["warnings"] if entry["key"] == "proxy"]
    assert len(texts) == 3
    assert texts[0].startswith(("Geschlecht can be told from product_group = ", "PLZ", "name can be told"))
    assert any("Muttersprache can be told from industry: of 100 pairs" in text for text in texts)


def test_nothing_of_a_person_s_attribute_is_kept(planted: Path, checks: dict[str, ProxyCheck]) -> None:
    """Columns that nobody maps are in no table of ledger or run; counts by class stand in the manifest. Files as read are kept whole."""
    for path in (path for path in planted.rglob("*") if path.is_file() and path.parent.name not in ("exports", "read")):
        text = json.dumps(pq.read_table(path).to_pylist(), default=str) if path.suffix == ".parquet" else path.read_text(encoding="utf-8")
        assert "Vorname17" not in text
        assert path.name == "manifest.json" or not {"polnisch", "deutsch"} & set(re.findall(r"\w+", text))
    kept = manifest(planted)["proxies"]
    assert [entry["classes"] for entry in kept if entry["column"] == "Muttersprache"] == [
        [list(entry) for entry in checks["Muttersprache"].classes]
    ]


@pytest.mark.slow
def test_without_the_planted_habit_nothing_is_told(tmp_path: Path) -> None:
    folder = project(tmp_path, planted=False)
    value(folder)
    found = {one.column: one for one in proxies(folder, progress=Progress())}
    assert not found["Geschlecht"].tells
    assert not found["name"].tells


def test_who_objected_is_not_looked_at(planted: Path, tmp_path: Path) -> None:
    shutil.copytree(planted, tmp_path / "copy")
    who = [{"customer_id": f"K{number:04}", "status": "objected", "reason": ""} for number in range(0, 200, 2)]
    Register(tmp_path / "copy").record([Decision("object", "objections", content) for content in who], at=NOW, by="Eva")
    found = {one.column: one for one in proxies(tmp_path / "copy", progress=Progress())}
    assert found["Geschlecht"].customers == CUSTOMERS - 100
    assert dict(found["Geschlecht"].classes) == {"m": 120, "w": 20}


@pytest.mark.parametrize(
    ("cell", "area"), [("50667", "5"), ("D-50667", "5"), ("A 1010", "1"), ("Lindenweg 3", ""), ("3", ""), ("", ""), ("506671", "")]
)
def test_an_area_is_the_first_digit_of_a_postcode_and_of_nothing_else(cell: str, area: str) -> None:
    found = _POSTCODE.match(cell)
    assert (found[1] if found else "") == area


def test_too_few_customers_are_said_to_be_too_few(value: Callable[..., Ran], tmp_path: Path) -> None:
    days = [date(2024, 1, 5) + timedelta(days=40 * turn) for turn in range(4)]
    small = [(f"K{who:04}", day + timedelta(days=who), f"{10 + who}.00", "w" if who % 2 else "m") for who in range(30) for day in days]
    exports.write(tmp_path / "exports" / "sales-1.csv", small, ("customer_id", "date", "amount", "Geschlecht"))
    (tmp_path / "kundenwert.toml").write_text('currency = "EUR"\n[[sources]]\nfiles = ["exports/*.csv"]\n', encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "_write_reports", lambda *_: None)
        value()
    (found,) = proxies(tmp_path, progress=Progress())
    assert (found.table, found.column, found.customers) == ("transactions", "Geschlecht", 30)
    assert found.untested.startswith("too few customers")
    assert notices([found]) == ()


def test_without_such_columns_nothing_is_looked_at(tmp_path: Path) -> None:
    folder = project(tmp_path, header=("customer_id", "u", "Branche", "a", "b", "c", "d", "e"))
    kept = manifest(folder)["proxies"] if value(folder) else None
    assert kept == []
