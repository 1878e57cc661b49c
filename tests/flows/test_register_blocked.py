"""Attributes that nobody may be valued by: a run that would use one fails and names it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import exports
import pytest

from kundenwert.base.features._feature import Feature
from kundenwert.errors import DataError, SettingsError
from kundenwert.flows import blocking
from kundenwert.flows.presets import load, names
from kundenwert.flows.progress import Progress
from kundenwert.flows.register import rate
from kundenwert.flows.run import run
from kundenwert.register.blocked import attributes, blocked
from kundenwert.register.criteria import criteria
from kundenwert.runs import store
from kundenwert.sources import tables

NOW = datetime(2025, 6, 1, tzinfo=UTC)
HEADER = ("customer_id", "date", "amount", "Warengruppe")


def project(folder: Path, *, header: tuple[str, ...] = HEADER, more: str = "") -> Path:
    """Thirty customers, too few for a model."""
    days = [date(2024, 1, 5) + timedelta(days=40 * turn) for turn in range(4)]
    lines = [(f"K{who:04}", day + timedelta(days=who), f"{10 + who}.00", "A") for who in range(30) for day in days]
    exports.write(folder / "exports" / "sales-1.csv", lines, header)
    text = f'currency = "EUR"\n[[sources]]\nfiles = ["exports/sales-*.csv"]\n{more}'
    (folder / "kundenwert.toml").write_text(text, encoding="utf-8")
    return folder


def value(folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kundenwert.flows.run._write_reports", lambda *_: None)
        run(folder, {"threads": "1"}, clock=NOW, progress=Progress())


@pytest.mark.parametrize(
    ("name", "attribute"),
    [
        ("Geschlecht", "gender"),
        ("kunde_geschlecht", "gender"),
        ("KundeAlter", "age"),
        ("Alter (Jahre)", "age"),
        ("Date of Birth", "age"),
        ("PLZ", "address (tells origin and wealth)"),
        ("Religion/Konfession", "religion or belief"),
    ],
)
def test_a_blocked_attribute_is_known_by_its_words(name: str, attribute: str) -> None:
    found = blocked(name)
    assert found is not None
    assert found.name == attribute


@pytest.mark.parametrize(
    "name", ["Altersvorsorge", "Verwalter", "Packagetyp", "Warengruppe", "sexy_design", "Kundengruppe", "Lieferadressnr"]
)
def test_a_word_that_only_holds_a_blocked_one_is_not_blocked(name: str) -> None:
    assert blocked(name) is None


def test_nothing_that_ships_is_blocked() -> None:
    assert [one.name for one in criteria() if blocked(one.name) or blocked(one.english)] == []
    assert [name for preset in names() for name in load(preset).criteria if blocked(name)] == []
    assert list(blocking._of_features()) == []
    assert all(one.basis and one.words for one in attributes())


def test_a_run_with_a_blocked_criterion_fails_and_leaves_no_run(tmp_path: Path) -> None:
    folder = project(tmp_path, more='[criteria]\nnames = ["Imagefaktor", "Geschlecht", "Alter"]\n')
    with pytest.raises(SettingsError, match="'Geschlecht' stands for gender") as caught:
        value(folder)
    assert len(caught.value.problems) == 2
    assert store.names(folder) == []


def test_a_run_with_a_blocked_column_in_a_role_that_counts_fails(tmp_path: Path) -> None:
    folder = project(
        tmp_path, header=("customer_id", "date", "amount", "Konfession"), more='[sources.columns]\nproduct_group = "Konfession"\n'
    )
    with pytest.raises(SettingsError, match=r"'Konfession' of sales-1\.csv is taken for transactions\.product_group; it tells religion"):
        value(folder)


def test_a_blocked_column_that_nobody_maps_is_left_alone(tmp_path: Path) -> None:
    folder = project(tmp_path, header=("customer_id", "date", "amount", "Konfession"))
    value(folder)
    assert len(store.names(folder)) == 1


def test_a_blocked_column_of_the_customer_records_fails_but_addresses_may_be_kept(tmp_path: Path) -> None:
    folder = project(
        tmp_path, more='[tables.customers]\nfiles = ["exports/kunden.csv"]\n[tables.customers.mapping]\nsegment = "Geschlecht"\n'
    )
    exports.write(folder / "exports" / "kunden.csv", [("K0001", "Erika", "12345", "w")], ("customer_id", "name", "PLZ", "Geschlecht"))
    with pytest.raises(SettingsError, match=r"'Geschlecht' of kunden\.csv is taken for customers\.segment") as caught:
        value(folder)
    assert len(caught.value.problems) == 1


def test_a_feature_that_uses_an_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = Feature("", "", (("customers.postcode",),), {"wealth_of_area": "from the postcode"})
    # Only what blocking sees: others keep what the registry told them.
    monkeypatch.setattr(blocking, "registry", SimpleNamespace(names=lambda _: ("area",), load=lambda *_: bad))
    (problem,) = blocking._of_features()
    assert "uses customers.postcode" in problem.came
    assert "postcode" in {role.name for role in tables()["customers"].roles}


def test_nobody_is_rated_on_a_blocked_criterion(tmp_path: Path) -> None:
    folder = project(tmp_path)
    value(folder)
    with (folder / "kundenwert.toml").open("a", encoding="utf-8") as file:
        file.write('[criteria]\nnames = ["Religion"]\n')
    with pytest.raises(DataError, match="'Religion' stands for religion or belief"):
        rate(folder, "K0001", "Religion", "5", reason="weil", by="Eva", clock=NOW)
