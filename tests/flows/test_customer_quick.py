"""One customer for a screen: the same figures as the slow way, whose customers a reader sees, and nothing of before an erasure."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from kundenwert.errors import DataError, UnknownName
from kundenwert.flows import customer_quick
from kundenwert.flows.customer import customer
from kundenwert.flows.customer_page import first_picture, sheet, the_rest
from kundenwert.flows.customer_quick import booked_lines, find, glance, rest
from kundenwert.flows.erasure import erase
from kundenwert.flows.init import init
from kundenwert.flows.objection import objection
from kundenwert.flows.progress import Progress
from kundenwert.flows.register import rate
from kundenwert.flows.run import run
from kundenwert.reports.language import Language
from kundenwert.sources import Wanted

NOW = datetime(2025, 11, 1, 9, tzinfo=UTC)
OKAFOR, LIND = frozenset({"A. Okafor"}), frozenset({"B. Lind"})


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """120 customers of two account managers; K002 and K003 stand below K001, which is of another manager than K002."""
    folder = tmp_path_factory.mktemp("quick") / "klein"
    exports = folder / "exports"
    exports.mkdir(parents=True)
    lines, customers = ["Belegnummer;Kundennummer;Datum;Betrag"], ["Kundennummer;Name;Kundenbetreuer;Konzern;Ort"]
    number, draw = 0, random.Random(7)
    for one in range(1, 121):
        head = "K001" if one in {2, 3} else ""
        customers.append(f"K{one:03};Firma {one:03} GmbH;{'A. Okafor' if one % 2 else 'B. Lind'};{head};Ulm")
        # Some buy every month, some rarely, some stop: without that nothing could be told of those who leave.
        rate, last = draw.choice((0.15, 0.4, 0.9)), draw.choice((6, 12, 22, 22))
        for month in range(1, last):
            if month < 3 or draw.random() < rate:
                number += 1
                year, calendar = 2024 + (month - 1) // 12, (month - 1) % 12 + 1
                lines.append(f"R{number:05};K{one:03};{one % 27 + 1:02}.{calendar:02}.{year};{100 + one * 13 + month * 5},50")
    (exports / "rechnungen.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (exports / "kunden.csv").write_text("\n".join(customers) + "\n", encoding="utf-8")
    flags = {"title": "Klein", "currency": "EUR", "margin": 0.3, "model": "mbg_nbd"}
    init(folder, [exports / "rechnungen.csv", exports / "kunden.csv"], Wanted(), flags, progress=Progress())
    run(folder, {}, clock=NOW, progress=Progress())
    return folder


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    customer_quick.forget()


@pytest.fixture
def own(made: Path, tmp_path: Path) -> Path:
    """A copy, to be changed."""
    shutil.copytree(made, tmp_path / "klein")
    return tmp_path / "klein"


@pytest.mark.parametrize("who", ["K001", "K004", "K008", "K040"])
def test_both_ways_tell_the_same(made: Path, who: str) -> None:
    slow, first, then = customer(made, who), glance(made, who).explained, rest(made, who).explained
    for name in ("row", "history", "parts", "basis", "factors", "course", "said", "place"):
        assert getattr(first, name) == getattr(slow, name), name
    for name in ("points", "result", "change", "what_ifs"):
        assert getattr(then, name) == getattr(slow, name), name
    assert first.data.address == slow.data.address


def test_the_line_of_the_chance_ends_at_the_figure(made: Path) -> None:
    seen = glance(made, "K001")
    assert seen.alive is not None
    assert seen.alive.chance[-1] == pytest.approx(seen.explained.row["p_alive"], abs=0.005)


def test_lines_add_up_to_the_figure_they_stand_behind(made: Path) -> None:
    row = next(one for one in first_picture(made, "K001", Language("de"))["rows"] if one.year == 2024)
    found = booked_lines(made, "K001", year=2024)
    assert found.amount == row.amount
    assert sum((one["amount"] for one in found.lines), Decimal(0)) == row.amount
    assert {one["date"].year for one in found.lines} == {2024}


def test_the_explanation_adds_up_to_the_cent(made: Path) -> None:
    for who in ("K001", "K004", "K008"):
        assert first_picture(made, who, Language("de"))["check"] == Decimal("0.00")


@pytest.mark.parametrize("look", [glance, rest, find, booked_lines])
def test_a_customer_of_others_is_as_unknown_as_nobody(made: Path, look: object) -> None:
    told = set()
    for who in ("K002", "nobody"):
        with pytest.raises(UnknownName) as error:
            look(made, who, managers=OKAFOR)  # type: ignore[operator]
        told.add(str(error.value).replace(who, "…"))
    assert len(told) == 1
    assert look(made, "K001", managers=OKAFOR)  # type: ignore[operator]


def test_nobody_without_a_name_of_a_manager_sees_anybody(made: Path) -> None:
    for managers in (frozenset[str](), frozenset({""})):
        with pytest.raises(UnknownName):
            glance(made, "K001", managers=managers)


def test_an_unknown_customer_gets_no_hint_of_others(made: Path) -> None:
    with pytest.raises(UnknownName) as error:
        glance(made, "K00")
    assert "K00" not in str(error.value).replace("'K00'", "")


def test_the_group_shows_only_customers_of_the_reader(made: Path) -> None:
    assert {one["customer_id"] for one in rest(made, "K001").kin} == {"K002", "K003"}
    assert {one["customer_id"] for one in rest(made, "K001", managers=OKAFOR).kin} == {"K003"}
    assert {(one["customer_id"], one["place"]) for one in rest(made, "K003").kin} == {("K001", "above"), ("K002", "beside")}


def test_the_sheet_of_a_group_is_not_for_those_who_see_a_part_of_it(made: Path) -> None:
    assert sheet(made, "K005", Language("de"), managers=OKAFOR).startswith(b"%PDF")
    with pytest.raises(DataError, match="other account managers"):
        sheet(made, "K001", Language("de"), managers=OKAFOR)


def test_an_objection_counts_at_once(own: Path) -> None:
    assert first_picture(own, "K001", Language("en"))["is_valued"]
    objection(own, "K001", reason="letter", by="Eva", clock=NOW)
    found, then = first_picture(own, "K001", Language("en")), the_rest(own, "K001", Language("en"))
    assert not found["is_valued"]
    assert found["alive"] is None
    assert {row.kind for row in found["rows"]} == {"booked", "cost", "past"}
    assert "objected" in found["message"]
    assert then["points"] == []
    assert set(then["sections"]) <= {"result"}
    assert then["reasons"] == []


def test_what_would_change_the_value_is_told_with_the_rest(made: Path) -> None:
    assert [one["key"] for one in the_rest(made, "K001", Language("de"))["reasons"]] == ["what-if"]


def test_an_erased_customer_is_gone_at_once(own: Path) -> None:
    glance(own, "K001")
    erase(own, "K001", by="Eva", clock=NOW)
    with pytest.raises(UnknownName):
        glance(own, "K001")
    assert glance(own, "K003").explained.row["customer_id"] == "K003"


def test_a_rating_made_after_the_run_is_told_as_new(own: Path) -> None:
    rate(own, "K001", "Imagefaktor", "7,5", reason="bekannt im Ort", by="Eva", clock=datetime(2025, 12, 1, tzinfo=UTC))
    (fresh,) = the_rest(own, "K001", Language("de"))["fresh"]
    assert (fresh["criterion"], fresh["points"], fresh["by"]) == ("Imagefaktor", "7.5", "Eva")
