"""Attributes that nobody may be valued by: a run that would use one fails and names it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import exports
import plain_runs
import pytest

from kundenwert.base.features._feature import Feature
from kundenwert.errors import DataError, SettingsError
from kundenwert.flows import blocking
from kundenwert.flows.presets import load, names
from kundenwert.flows.register import rate
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
    plain_runs.value(folder, clock=NOW)


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


# ---- attempts to get one in under another name ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "attribute"),
    [
        ("GESCHLECHT", "gender"),
        ("Kundengeschlecht", "gender"),
        ("GeschlechtsKz", "gender"),
        ("SEX_CD", "gender"),
        ("Geb.-Datum", "age"),
        ("GEBDAT", "age"),
        ("dob", "age"),
        ("Nationalita\u0308t", "origin"),
        ("NATIONALITAET", "origin"),
        ("Versandpostleitzahl", "address (tells origin and wealth)"),
        ("STRASSE", "address (tells origin and wealth)"),
        ("Religions-Zugehörigkeit", "religion or belief"),
    ],
)
def test_capitals_abbreviations_compounds_and_other_spellings_are_known(name: str, attribute: str) -> None:
    found = blocked(name)
    assert found is not None
    assert found.name == attribute


def test_a_title_is_a_form_of_address_beside_persons_and_nothing_else() -> None:
    assert blocked("Titel") is None
    assert blocked("Titel", of_people=True) is not None
    assert blocked("Buchtitel", of_people=True) is None


def records(folder: Path, values: tuple[str, ...], *, column: str = "Segment", role: str = "") -> Path:
    more = '[tables.customers]\nfiles = ["exports/kunden.csv"]\n'
    if role:
        more += f'[tables.customers.mapping]\n{role} = "{column}"\n'
    made = project(folder, more=more)
    exports.write(
        folder / "exports" / "kunden.csv",
        [(f"K{who:04}", f"Firma {who}", values[who % len(values)]) for who in range(30)],
        ("customer_id", "name", column),
    )
    return made


@pytest.mark.parametrize(
    ("values", "attribute"),
    [
        (("m", "w", "d"), "gender"),
        (("Herr", "Frau"), "form of address"),
        (("MÄNNLICH", "weiblich", ""), "gender"),
        (("male", "female"), "gender"),
        (("rk", "ev"), "religion"),
        (("ledig", "verheiratet"), "sexual identity"),
    ],
)
def test_a_column_called_otherwise_is_known_by_its_cells(tmp_path: Path, values: tuple[str, ...], attribute: str) -> None:
    with pytest.raises(SettingsError, match=rf"cells of 'Segment' of kunden\.csv, taken for customers\.segment, tell {attribute}"):
        value(records(tmp_path, values))
    assert store.names(tmp_path) == []


@pytest.mark.slow
@pytest.mark.parametrize("values", [("S", "M", "L"), ("A", "B", "C"), ("m",), ("Herr Meier", "Frau Weber")])
def test_cells_that_only_look_a_little_alike_are_no_alarm(tmp_path: Path, values: tuple[str, ...]) -> None:
    value(records(tmp_path, values))
    assert len(store.names(tmp_path)) == 1


@pytest.mark.parametrize(("column", "role"), [("Konfession", "segment"), ("GEBURTSJAHR", "industry"), ("nationality", "channel")])
def test_a_blocked_column_mapped_under_any_role_that_counts_fails(tmp_path: Path, column: str, role: str) -> None:
    with pytest.raises(SettingsError, match=rf"'{column}' of kunden\.csv is taken for customers\.{role}"):
        value(records(tmp_path, ("x", "y"), column=column, role=role))


def test_product_groups_of_the_lines_are_looked_at_too(tmp_path: Path) -> None:
    folder = project(tmp_path)
    lines = (folder / "exports" / "sales-1.csv").read_text(encoding="utf-8").splitlines()
    told = [lines[0], *(f"{line[:-1]}{'mw'[place % 2]}" for place, line in enumerate(lines[1:]))]
    (folder / "exports" / "sales-1.csv").write_text("\n".join(told) + "\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"cells of 'Warengruppe' of sales-1\.csv, taken for transactions\.product_group, tell gender"):
        value(folder)


def test_a_feature_that_reads_an_address_without_saying_so_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    sly = Feature("sly.sql", "", (("customers.region",),), {"wealth": "a number"})
    monkeypatch.setattr(blocking, "registry", SimpleNamespace(names=lambda _: ("sly",), load=lambda *_: sly))
    monkeypatch.setattr(
        blocking, "step_text", lambda _: "-- reads no street\nselect customer_id, left(postcode, 1) as w from ledger_customers"
    )
    (problem,) = blocking._of_features()
    assert "The feature sly reads postcode, which tells address" in problem.came


@pytest.mark.parametrize("name", ["Alter", "GESCHLECHT", "Religionszugehörigkeit", "Titel", "nationality"])
def test_a_criterion_in_either_language_and_any_letters_is_refused(name: str) -> None:
    problem = blocking.criterion_problem(name)
    assert problem is not None
    assert name in problem.came
