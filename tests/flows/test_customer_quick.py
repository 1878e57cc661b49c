"""One customer for a screen: the same figures as the slow way, whose customers a reader sees, and nothing of before an erasure."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from kundenwert.engines import open_engine
from kundenwert.engines._engine import Reading
from kundenwert.errors import DataError, UnknownName
from kundenwert.flows import customer_quick, customer_rows, index
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
from kundenwert.runs import store
from kundenwert.sources import Wanted

NOW = datetime(2025, 11, 1, 9, tzinfo=UTC)
OKAFOR, LIND = frozenset({"A. Okafor"}), frozenset({"B. Lind"})


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
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


@pytest.fixture(scope="module")
def copied(plain: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with copies of each customer's rows; the blocks are so small that the rows of one customer do not fit into one."""
    folder = tmp_path_factory.mktemp("copied") / "klein"
    shutil.copytree(plain, folder)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(customer_rows, "_ROWS", 5)
        customer_rows.build(folder, str(store.current(folder)))
    return folder


@pytest.fixture(params=["plain", "copied"])
def made(request: pytest.FixtureRequest) -> Path:
    """A project whose customers are read from the tables of the run, or from the copies."""
    folder: Path = request.getfixturevalue(request.param)
    return folder


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    customer_quick.forget()


@pytest.fixture
def own(copied: Path, tmp_path: Path) -> Path:
    """One with copies, to be changed."""
    shutil.copytree(copied, tmp_path / "klein")
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


# ---- the copies of each customer's rows ---------------------------------------------------------------------------------


def _copies(folder: Path) -> Path:
    (found,) = index.folder_of(folder, str(store.current(folder))).glob("rows-*")
    return found


def _is_read_from_copies() -> bool:
    (desks,) = customer_quick._WAITING.values()
    return all(desk.copies is not None for desk in desks)


def test_the_copies_hold_the_rows_of_every_customer(plain: Path, copied: Path) -> None:
    source, held = store.read(plain), customer_rows.opened(copied, str(store.current(copied)))
    assert held is not None
    with open_engine(threads=1) as engine:
        missing = customer_rows.open_tables(engine, plain, source)
        for view in {"valued_customers", "contribution", "scores", "page_records"} - missing:
            engine.project("exported", view, {name: Reading((name,)) for name in engine.columns(view)})
            rows = engine.rows("value/exported.sql")
            for who in ["", "K000", "K0010", "zz", *(f"K{one:03}" for one in range(1, 121))]:
                assert sorted(map(repr, held.rows(view, who))) == sorted(repr(row) for row in rows if row["customer_id"] == who), who
    held.close()


def test_what_is_told_is_the_same_with_copies_and_without(plain: Path, copied: Path) -> None:
    for who in ("K001", "K002", "K003", "K004", "K040", "K120"):
        assert (glance(plain, who), rest(plain, who)) == (glance(copied, who), rest(copied, who))


def test_copies_are_made_once_and_read_from_then_on(plain: Path, tmp_path: Path) -> None:
    folder = tmp_path / "klein"
    shutil.copytree(plain, folder)
    glance(folder, "K001")
    assert not _is_read_from_copies()
    run_name = str(store.current(folder))
    assert not customer_rows.ready(folder, run_name)
    customer_rows.build(folder, run_name)
    made = {path: path.stat().st_mtime_ns for path in _copies(folder).iterdir()}
    customer_rows.build(folder, run_name)
    assert {path: path.stat().st_mtime_ns for path in _copies(folder).iterdir()} == made
    glance(folder, "K001")
    assert customer_rows.ready(folder, run_name)
    assert _is_read_from_copies()


@pytest.mark.parametrize("view", ["valued_customers", "page_records", "page_kin"])
def test_a_damaged_copy_is_thrown_away_and_the_table_is_read(plain: Path, copied: Path, tmp_path: Path, view: str) -> None:
    folder = tmp_path / "klein"
    shutil.copytree(copied, folder)
    path = _copies(folder) / f"{view}.rows"
    path.write_bytes(bytes(byte ^ 1 for byte in path.read_bytes()))
    assert (glance(folder, "K003"), rest(folder, "K003")) == (glance(plain, "K003"), rest(plain, "K003"))
    assert not list(index.folder_of(folder, str(store.current(folder))).glob("rows-*"))


def test_nothing_of_an_erased_customer_is_copied_and_copies_of_before_do_not_count(copied: Path, tmp_path: Path) -> None:
    folder, before = tmp_path / "klein", tmp_path / "before"
    shutil.copytree(copied, folder)
    shutil.copytree(folder / "index", before)
    erase(folder, "K001", by="Eva", clock=NOW)
    assert not (folder / "index").exists()
    shutil.copytree(before, folder / "index")
    run_name = str(store.current(folder))
    assert customer_rows.opened(folder, run_name) is None
    customer_rows.build(folder, run_name)
    assert len(list(index.folder_of(folder, run_name).glob("rows-*"))) == 1
    held = customer_rows.opened(folder, run_name)
    assert held is not None
    assert [held.rows(view, "K001") for view in ("valued_customers", "scores", "page_records", "page_kin")] == [[]] * 4
    assert [row["customer_id"] for row in held.rows("valued_customers", "K002")] == ["K002"]
    held.close()


def test_what_changed_since_an_earlier_run_is_read_from_the_copies_of_both(copied: Path, tmp_path: Path) -> None:
    folder = tmp_path / "klein"
    shutil.copytree(copied, folder)
    first = str(store.current(folder))
    run(folder, {"as_of": "2025-11-30"}, clock=datetime(2025, 12, 1, 9, tzinfo=UTC), progress=Progress())
    told = rest(folder, "K040").explained.change
    assert told is not None
    assert told.run == first
    customer_quick.forget()
    customer_rows.build(folder, str(store.current(folder)))
    # Only the copies are left of the earlier value table.
    (store.runs_folder(folder) / first / "customers.parquet").unlink()
    assert rest(folder, "K040").explained.change == told
