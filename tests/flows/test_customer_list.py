"""The customer list: pages by key in any order, exact counts and sums, own customers only, nobody who objected or was erased."""

from __future__ import annotations

import random
import shutil
import threading
from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import exports
import plain_runs
import pyarrow.parquet as pq
import pytest

from kundenwert.errors import CallError, DataError
from kundenwert.flows import customer_list_files as files
from kundenwert.flows import index
from kundenwert.flows.customer_list import CustomerList, open_list
from kundenwert.flows.customer_list_columns import BY_NAME
from kundenwert.flows.customer_list_query import Filters, Key, Query, filters, folded
from kundenwert.flows.erasure import erase
from kundenwert.flows.objection import objection
from kundenwert.runs import storage, store

NOW = datetime(2025, 6, 1, 9, 30, tzinfo=UTC)
LATER = datetime(2025, 6, 2, 9, 30, tzinfo=UTC)
TOWNS = ("Köln", "Halle (Saale)", "Nürnberg")
SURNAMES = ("Müller", "Weiß", "Mueller", "Ångström", "O'Neill", "Über")
MANAGERS = ("A. Okafor", "B. Lind", "C. Sommer", "")
SETTINGS = 'currency = "EUR"\n[[sources]]\nfiles = ["sales.csv"]\n[tables.customers]\nfiles = ["kunden.csv"]\n'
SORTS = [name for name, column in BY_NAME.items() if column.kind != "flag"]


def name_of(number: int) -> str:
    return "" if number % 13 == 0 else f"{SURNAMES[number % 6]} {number:03} GmbH"


def records(customers: int) -> list[tuple[Any, ...]]:
    regions = ("Nord", "Süd", "")
    return [
        (f"K{number:04}", name_of(number), TOWNS[number % 3], regions[number % 3], "Handel", MANAGERS[number % 4])
        for number in range(customers)
    ]


@pytest.fixture(scope="module")
def valued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("list")
    exports.write(folder / "sales.csv", exports.shop(customers=120))
    exports.write(folder / "kunden.csv", records(120), ("Kundennummer", "Name", "Ort", "Region", "Branche", "Kundenbetreuer"))
    (folder / "kundenwert.toml").write_text("margin = 0.3\n" + SETTINGS, encoding="utf-8")
    components = ["rhythm", "alert", "lifecycle", "score", "value_class"]
    plain_runs.value(folder, clock=NOW, components=components, as_of="2023-10-31")
    plain_runs.value(folder, clock=LATER, components=components)
    return folder


@pytest.fixture
def project(valued: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(valued, tmp_path / "shop", ignore=shutil.ignore_patterns("index")))


@pytest.fixture(scope="module")
def opened(valued: Path) -> CustomerList:
    return open_list(valued)


@pytest.fixture(scope="module")
def everybody(opened: CustomerList, valued: Path) -> list[dict[str, Any]]:
    """The rows of the run with the records of the customers, as a plain table."""
    run: list[dict[str, Any]] = pq.read_table(store.read(valued).customers).to_pylist()
    known = {row[0]: row for row in records(120)}
    for row in run:
        _, row["name"], row["city"], row["region"], row["industry"], row["account_manager"] = known[row["customer_id"]]
    assert len(run) == opened.rows
    return run


def pages(opened: CustomerList, query: Query, managers: frozenset[str] | None = None) -> Iterator[list[dict[str, Any]]]:
    """Every page of a query, going on from key to key."""
    while True:
        page = opened.page(query, managers=managers)
        yield list(page.rows)
        if page.after is None:
            return
        query = Query(query.filters, query.sort, query.descending, page.after, None, query.size)


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["customer_id"] for row in rows]


# ---- pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("sort", SORTS)
def test_pages_show_every_customer_once_in_order_with_unknown_values_last(opened: CustomerList, sort: str, *, descending: bool) -> None:
    rows = [row for page in pages(opened, Query(sort=sort, descending=descending, size=7)) for row in page]
    assert sorted(ids(rows)) == sorted({row["customer_id"] for row in rows})
    assert len(rows) == opened.rows
    if not opened.has(sort) or BY_NAME[sort].kind in {"text", "word"}:
        return
    values = [row[sort] for row in rows]
    known = [value for value in values if value is not None]
    assert values == known + [None] * (len(values) - len(known))
    assert known == sorted(known, reverse=descending)


def test_equal_values_stand_by_number_in_both_directions(opened: CustomerList) -> None:
    for descending in (True, False):
        rows = [row for page in pages(opened, Query(sort="region", descending=descending, size=11)) for row in page]
        for word in {row["region"] for row in rows}:
            found = [row["customer_id"] for row in rows if row["region"] == word]
            assert found == sorted(found)


def test_names_stand_by_the_alphabet_umlauts_written_out(opened: CustomerList) -> None:
    rows = [row for page in pages(opened, Query(sort="name", descending=False, size=50)) for row in page]
    names = [row["name"] for row in rows if row["name"]]
    assert names == sorted(names, key=folded)
    assert [name.split()[0] for name in (names[0], names[-1])] == ["Ångström", "Weiß"]
    assert names.index("Über 005 GmbH") < names.index("Weiß 001 GmbH")
    assert rows[-1]["name"] is None


@pytest.mark.parametrize("sort", ["value", "name", "region", "last_purchase", "p_alive", "customer_id"])
def test_going_back_shows_the_page_one_came_from(opened: CustomerList, sort: str) -> None:
    first = opened.page(Query(sort=sort, size=9), managers=None)
    second = opened.page(Query(sort=sort, size=9, after=first.after), managers=None)
    third = opened.page(Query(sort=sort, size=9, after=second.after), managers=None)
    assert (first.first, second.first, third.first) == (1, 10, 19)
    assert opened.page(Query(sort=sort, size=9, before=third.before), managers=None).rows == second.rows
    assert opened.page(Query(sort=sort, size=9, before=second.before), managers=None).rows == first.rows
    assert first.before is None


def test_the_last_page_leads_nowhere_on(opened: CustomerList) -> None:
    last = list(pages(opened, Query(size=50)))[-1]
    assert len(last) == opened.rows % 50 or 50


def test_a_key_whose_customer_has_another_value_by_now_goes_on_at_the_value(opened: CustomerList) -> None:
    for descending in (True, False):
        rows = [row for page in pages(opened, Query(descending=descending)) for row in page]
        between = (rows[9]["key"].value + rows[10]["key"].value) // 2
        for gone in ("A gone customer", "Z gone customer", rows[40]["customer_id"]):
            after = opened.page(Query(descending=descending, after=Key(between, gone), size=5), managers=None)
            assert ids(list(after.rows)) == ids(rows[10:15])
            before = opened.page(Query(descending=descending, before=Key(between, gone), size=5), managers=None)
            assert ids(list(before.rows)) == ids(rows[5:10])


@pytest.mark.parametrize("sort", ["name", "region", "value", "last_purchase", "customer_id"])
@pytest.mark.parametrize("value", [None, 3, 2.5, "Nord", "no such word", "ß", 10**30])
def test_a_key_that_somebody_made_up_gives_a_page(opened: CustomerList, sort: str, value: Any) -> None:
    for descending in (True, False):
        page = opened.page(Query(sort=sort, descending=descending, after=Key(value, "K0042x")), managers=None)
        assert page.rows


def test_a_page_that_lies_behind_the_end_is_the_first(opened: CustomerList) -> None:
    page = opened.page(Query(sort="value", after=Key(None, "ZZZ")), managers=None)
    assert page.first == 1


# ---- filters, counts, sums --------------------------------------------------------------------------------------------


def fits(row: dict[str, Any]) -> bool:
    return bool(row["value"] is not None and 50 <= row["value"] <= Decimal("2000.5") and row["stage"] in {"retention", "win_back"})


def test_count_and_sums_are_exact_to_the_cent(opened: CustomerList, everybody: list[dict[str, Any]]) -> None:
    asked = filters(among={"stage": ["win_back", "retention"]}, between={"value": ("50", "2000.5")})
    expected = [row for row in everybody if fits(row)]
    assert 0 < len(expected) < len(everybody)
    found = opened.totals(asked, managers=None)
    assert found.count == len(expected)
    for name in ("value", "past", "clv", "revenue"):
        assert found.sums[name] == sum((row[name] for row in expected), Decimal(0)), name
    rows = [row for page in pages(opened, Query(asked, size=10)) for row in page]
    assert sorted(ids(rows)) == sorted(row["customer_id"] for row in expected)


def test_without_a_filter_the_sum_is_that_of_the_run(opened: CustomerList, valued: Path) -> None:
    totals = store.read(valued).manifest["totals"]
    found = opened.totals(Filters(), managers=None)
    assert (found.count, str(found.sums["value"])) == (totals["customers"], totals["value"])


BOUNDS = [("value", "2000", None), ("p_alive", None, 0.5), ("last_purchase", "2024-11-01", "2025-02-01"), ("purchases", 3, 6)]


@pytest.mark.parametrize(("name", "low", "high"), BOUNDS)
def test_bounds_are_included_and_unknown_values_fit_none(
    opened: CustomerList, everybody: list[dict[str, Any]], name: str, low: Any, high: Any
) -> None:
    kind = {"value": Decimal, "p_alive": float, "last_purchase": date.fromisoformat, "purchases": int}[name]
    values = [(None if row["frequency"] is None else row["frequency"] + 1) if name == "purchases" else row[name] for row in everybody]
    expected = [v for v in values if v is not None and (low is None or v >= kind(low)) and (high is None or v <= kind(high))]  # type: ignore[operator]
    assert 0 < len(expected) < len(values)
    assert opened.totals(filters(between={name: (low, high)}), managers=None).count == len(expected)
    # The bound itself fits.
    one = next(v for v in values if v is not None)
    assert opened.totals(filters(between={name: (str(one), str(one))}), managers=None).count == values.count(one)


def test_none_can_be_chosen_among_the_words(opened: CustomerList, everybody: list[dict[str, Any]]) -> None:
    found = opened.totals(filters(among={"region": ["", "Nord"]}), managers=None).count
    assert found == sum(row["region"] in {"", "Nord"} for row in everybody)


@pytest.mark.parametrize(
    ("search", "fitting"),
    [
        ("müller", lambda row: row["name"].startswith(("Müller", "Mueller"))),
        ("MUELLER gmbh", lambda row: row["name"].startswith(("Müller", "Mueller"))),
        ("weiss", lambda row: row["name"].startswith("Weiß")),
        ("angstroem", lambda row: row["name"].startswith("Ångström")),
        ("k004", lambda row: row["customer_id"].startswith("K004")),
        ("köln", lambda row: row["city"] == "Köln"),
        ("(saale", lambda row: row["city"] == "Halle (Saale)"),
        ("nürn 0", lambda row: row["city"] == "Nürnberg"),
        ("%", lambda row: False),
        ("KölnK", lambda row: False),
    ],
)
def test_a_search_finds_every_word_in_number_name_or_town(
    opened: CustomerList, everybody: list[dict[str, Any]], search: str, fitting: Any
) -> None:
    expected = sorted(row["customer_id"] for row in everybody if fitting(row))
    rows = [row for page in pages(opened, Query(filters(search))) for row in page]
    assert sorted(ids(rows)) == expected


def test_flags_say_what_their_columns_say(opened: CustomerList, valued: Path) -> None:
    losing = [row for page in pages(opened, Query(filters(flags=["loss_maker"]))) for row in page]
    assert all(row["contribution_year"] < 0 for row in losing)
    at_risk = [row for page in pages(opened, Query(filters(flags=["at_risk"]))) for row in page]
    assert all(row["alert"] for row in at_risk)


def test_the_valuable_at_risk_are_those_of_the_report(opened: CustomerList, valued: Path) -> None:
    run = store.read(valued)
    assert opened.totals(filters(flags=["at_risk"]), managers=None).count == run.manifest["at_risk"]["customers"]


def test_change_is_that_to_the_run_before_and_new_customers_were_worth_nothing(opened: CustomerList, valued: Path) -> None:
    before = {row["customer_id"]: row for row in pq.read_table(store.read(valued, store.names(valued)[0]).customers).to_pylist()}
    rows = [row for page in pages(opened, Query()) for row in page]
    assert any(row["customer_id"] not in before for row in rows)
    for row in rows:
        if row["customer_id"] in before:
            assert row["change"] == row["value"] - before[row["customer_id"]]["value"]
        elif row["first_purchase"] and row["first_purchase"] > date(2023, 10, 31):
            assert row["change"] == row["value"]


def test_the_quarters_of_the_course_end_on_the_as_of_day_and_hold_what_was_booked(opened: CustomerList, valued: Path) -> None:
    run = store.read(valued)
    assert opened.content["quarter_ends"][-1] == run.as_of.isoformat()
    assert len(opened.content["quarter_ends"]) == 8
    lines = pq.read_table(valued / "ledger" / run.manifest["ledger"] / "transactions.parquet").to_pylist()
    first = date.fromisoformat(opened.content["quarter_ends"][3])
    booked: dict[str, Decimal] = {}
    for line in lines:
        if line["customer_id"] and first < line["date"] <= run.as_of:
            booked[line["customer_id"]] = booked.get(line["customer_id"], Decimal(0)) + line["amount"]
    for row in opened.page(Query(size=60), managers=None).rows:
        year = booked.get(row["customer_id"], Decimal(0))
        assert sum(row["quarters"][4:]) == pytest.approx(float(year), abs=0.01)
        assert (row["revenue_year"] or 0) == pytest.approx(year, abs=Decimal("0.01"))


def test_many_random_questions_get_the_same_answer_as_a_plain_table(opened: CustomerList, everybody: list[dict[str, Any]]) -> None:
    chance = random.Random(7)
    for _ in range(40):
        manager = chance.choice([None, *MANAGERS[:3]])
        low, region = Decimal(chance.randrange(0, 500)), chance.choice(["Nord", "Süd", ""])
        asked = filters(among={"region": [region]}, between={"value": (low, None)})
        scope = None if manager is None else frozenset({manager})
        expected = {
            row["customer_id"]: row["value"]
            for row in everybody
            if row["region"] == region and row["value"] >= low and manager in (None, row["account_manager"])
        }
        found = opened.totals(asked, managers=scope)
        assert (found.count, found.sums["value"]) == (len(expected), sum(expected.values(), Decimal(0)))


def test_wrong_questions_are_told_with_all_problems_at_once() -> None:
    with pytest.raises(DataError) as error:
        filters("x" * 300, among={"shoe_size": ["42"]}, between={"value": ("a lot", None), "p_alive": (0, 85)}, flags=["value"])
    assert len(error.value.problems) == 5
    with pytest.raises(DataError, match="at least"):
        filters(between={"value": (5, 4)})
    for bad in ("NaN", "Infinity", "1e400", "9" * 40):
        with pytest.raises(DataError):
            filters(between={"value": (bad, None)})
    with pytest.raises(CallError):
        Query(sort="alert")
    with pytest.raises(CallError):
        Query(size=100_000)


def test_the_same_filters_in_another_order_are_the_same() -> None:
    one = filters("a  b", among={"region": ["Süd", "Nord"], "class": ["A"]}, flags=["alert"])
    assert one == filters("a b", among={"class": ("A", "A"), "region": ["Nord", "Süd"]}, flags=("alert", "alert"))


# ---- own customers only -----------------------------------------------------------------------------------------------


OWN = frozenset({"A. Okafor"})


def test_field_sales_see_own_customers_only_in_rows_counts_sums_choices_and_searches(
    opened: CustomerList, everybody: list[dict[str, Any]]
) -> None:
    # Others have asked the same before: their answers must not serve here.
    for managers in (None, frozenset({"B. Lind"})):
        for asked in (Filters(), filters("GmbH"), filters(among={"account_manager": ["B. Lind"]})):
            opened.page(Query(asked), managers=managers)
        opened.choices(managers=managers)
    own = {row["customer_id"]: row for row in everybody if row["account_manager"] == "A. Okafor"}
    for sort in SORTS:
        rows = [row for page in pages(opened, Query(sort=sort, size=8), OWN) for row in page]
        assert sorted(ids(rows)) == sorted(own)
    totals = opened.totals(Filters(), managers=OWN)
    assert (totals.count, totals.sums["value"]) == (len(own), sum(row["value"] for row in own.values()))
    assert opened.page(Query(), managers=OWN).first == 1
    assert opened.totals(filters("GmbH"), managers=OWN).count == sum("GmbH" in row["name"] for row in own.values())
    assert opened.totals(filters(among={"account_manager": ["B. Lind", ""]}), managers=OWN).count == 0
    choices = opened.choices(managers=OWN)
    assert choices["account_manager"] == (("A. Okafor", len(own)),)
    assert sum(count for _, count in choices["region"]) == len(own)


def test_a_key_or_number_of_another_s_customer_tells_nothing(opened: CustomerList, everybody: list[dict[str, Any]]) -> None:
    other = next(row for row in everybody if row["account_manager"] == "B. Lind")
    assert not opened.holds(other["customer_id"], managers=OWN)
    assert opened.holds(other["customer_id"], managers=None)
    assert opened.totals(filters(other["customer_id"]), managers=OWN).count == 0
    own = {row["customer_id"] for row in everybody if row["account_manager"] == "A. Okafor"}
    for key in (Key(int(other["value"] * 100), other["customer_id"]), Key(None, other["customer_id"])):
        for place in ({"after": key}, {"before": key}):
            page = opened.page(Query(**place), managers=OWN)  # type: ignore[arg-type]
            assert set(ids(list(page.rows))) <= own


def test_who_is_account_manager_of_nobody_sees_nobody(opened: CustomerList) -> None:
    for managers in (frozenset[str](), frozenset({""}), frozenset({"Nobody"})):
        page = opened.page(Query(), managers=managers)
        assert (page.rows, page.totals.count, page.first) == ((), 0, 0)
        assert page.totals.sums["value"] == 0
        assert all(not counts for counts in opened.choices(managers=managers).values())


# ---- objection and erasure --------------------------------------------------------------------------------------------


def test_who_objects_after_the_run_stands_in_no_list_at_once(project: Path) -> None:
    before = open_list(project)
    top = before.page(Query(size=3), managers=None)
    who = top.rows[0]
    objection(project, who["customer_id"], reason="", by="J. Brandt", clock=LATER)
    after = open_list(project)
    assert after is not before
    assert after.folder == before.folder, "the files need not be made again"
    assert ids(list(after.page(Query(size=2), managers=None).rows)) == ids(list(top.rows[1:]))
    totals = after.totals(Filters(), managers=None)
    assert totals.count == top.totals.count - 1
    assert totals.sums["value"] == top.totals.sums["value"] - who["value"]
    assert not after.holds(who["customer_id"], managers=None)
    assert after.totals(filters(who["customer_id"]), managers=None).count == 0
    assert after.objected() == 1
    # Also a key that still names the customer goes on where it stood.
    assert ids(list(after.page(Query(size=2, after=who["key"]), managers=None).rows)) == ids(list(top.rows[1:]))
    objection(project, who["customer_id"], reason="", by="J. Brandt", clock=LATER, withdraw=True)
    assert open_list(project).holds(who["customer_id"], managers=None)


def test_an_erased_person_vanishes_from_the_list_and_its_files(project: Path) -> None:
    opened = open_list(project)
    who = next(row for row in opened.page(Query(), managers=None).rows if row["name"])
    certificate = erase(project, who["customer_id"], by="J. Brandt", clock=LATER)
    assert not (project / "index").exists()
    assert not certificate.remaining
    again = open_list(project)
    assert not again.holds(who["customer_id"], managers=None)
    assert not again.holds("erased", managers=None)
    assert again.totals(filters(who["name"]), managers=None).count == 0
    for path in (project / "index").rglob("*"):
        if path.is_file():
            assert who["customer_id"].encode() not in path.read_bytes()


# ---- files ------------------------------------------------------------------------------------------------------------


def damage_numbers(folder: Path) -> None:
    path = folder / files.NUMBERS
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def lose_list(folder: Path) -> None:
    (folder / files.LIST).unlink()


def cut_content(folder: Path) -> None:
    path = folder / files.CONTENT
    path.write_text(path.read_text(encoding="utf-8")[:100], encoding="utf-8")


def lose_all(folder: Path) -> None:
    shutil.rmtree(folder)


@pytest.mark.parametrize("harm", [damage_numbers, lose_list, cut_content, lose_all])
def test_files_that_are_missing_or_damaged_are_made_again(project: Path, harm: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    before = open_list(project).totals(Filters(), managers=None)
    harm(open_list(project).folder)
    monkeypatch.setattr("kundenwert.flows.customer_list._OPEN", OrderedDict())
    assert open_list(project).totals(Filters(), managers=None) == before
    assert index.ready(project)


def test_a_run_whose_tables_changed_gets_other_files_and_the_old_ones_go(project: Path) -> None:
    old = open_list(project)
    source = store.read(project)
    storage.write_json(source.folder / "manifest.json", {**source.manifest, "tables": {"customers.parquet": "another"}})
    assert not index.ready(project)
    new = open_list(project)
    assert new.folder != old.folder
    assert not old.folder.exists()
    # Who still reads the old list is not disturbed.
    assert old.page(Query(), managers=None).totals.count == new.page(Query(), managers=None).totals.count


def test_building_ahead_makes_opening_free(project: Path) -> None:
    assert not index.ready(project)
    index.build(project)
    assert index.ready(project)
    index.build(project)
    assert len(list((project / "index").rglob(files.CONTENT))) == 1


def test_several_who_build_at_once_end_with_one_whole_list(project: Path) -> None:
    source, found, faults = store.read(project), list[Path](), list[BaseException]()

    def build() -> None:
        try:
            found.append(files.build(project, source))
        except BaseException as err:  # noqa: BLE001 - told by the test
            faults.append(err)

    threads = [threading.Thread(target=build) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert len(set(found)) == 1
    assert files.whole(found[0]) is not None
    left = [path.name for path in found[0].parent.iterdir()]
    assert left == [found[0].name], "no folder that is half built stays"


@pytest.mark.slow
@pytest.mark.slow
def test_two_processes_that_build_at_once_end_with_one_whole_list(project: Path) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as others:
        for done in [others.submit(index.build, project) for _ in range(2)]:
            done.result()
    (content,) = (project / "index").rglob(files.CONTENT)
    assert files.whole(content.parent) is not None
    assert [path.name for path in content.parent.parent.iterdir()] == [content.parent.name]


def test_what_is_built_while_somebody_is_erased_is_built_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = files._write
    calls = []

    def write_and_erase(*args: Any) -> int:
        rows = written(*args)
        calls.append(rows)
        if len(calls) == 1:
            erase(project, "K0004", by="J. Brandt", clock=LATER)
        return rows

    monkeypatch.setattr(files, "_write", write_and_erase)
    opened = open_list(project)
    assert len(calls) == 2
    assert not opened.holds("K0004", managers=None)


def test_many_may_read_a_list_at_once(opened: CustomerList) -> None:
    asked = [Query(filters(word), sort=sort) for word in ("", "gmbh", "müller", "k00") for sort in ("value", "name", "last_purchase")]
    alone = [opened.page(query, managers=None) for query in asked]
    opened._answers.clear()
    faults: list[int] = []

    def read() -> None:
        for place, query in enumerate(asked):
            if opened.page(query, managers=None) != alone[place]:
                faults.append(place)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults


def test_kept_answers_do_not_grow_without_end(opened: CustomerList, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kundenwert.flows.customer_list._MOST_KEPT", 50_000)
    for number in range(60):
        opened.totals(filters(between={"value": (number, None)}), managers=None)
    assert len(opened._answers) <= 12


def test_a_run_without_records_money_or_components_has_a_list_of_what_it_knows(tmp_path: Path) -> None:
    exports.write(
        tmp_path / "sales.csv",
        [line[:5] for line in exports.shop(customers=12)],
        ("customer_id", "date", "document_id", "product_id", "quantity"),
    )
    (tmp_path / "kundenwert.toml").write_text('[[sources]]\nfiles = ["sales.csv"]\n', encoding="utf-8")
    plain_runs.value(tmp_path, clock=NOW, components=["score"])
    opened = open_list(tmp_path)
    names = {column.name for column in opened.columns}
    assert {"customer_id", "expected_purchases", "last_purchase"} <= names
    assert not names & {"value", "name", "account_manager", "change", "contribution_year"}
    assert len(opened.page(Query(sort="value"), managers=None).rows) == 12
    assert opened.page(Query(), managers=frozenset({"A. Okafor"})).totals.count == 0
    assert opened.totals(filters(between={"value": (1, None)}), managers=None).count == 0
