"""The screen of the customer list, without a browser: what it shows, to whom, and what leaves it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import QueryDict
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from kundenwert.flows import index, prepared
from kundenwert.flows.customer_list import open_list
from kundenwert.flows.customer_list_query import Filters, Key, Query
from kundenwert.flows.objection import objection
from kundenwert.web.customers import preparing
from kundenwert.web.customers.asked import DEFAULT, Asked, asked_of, plain_number, problems_of_filters
from kundenwert.web.language import use
from kundenwert.web.rights import EXPORT, ROLES

LIST = "/customers/"
PART = {"HX-Request": "true", "HX-Target": "list-table"}
NOW = datetime(2025, 11, 2, 9, tzinfo=UTC)
Signed = Callable[..., Client]


def text_of(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(content.decode("utf-8"))


def customers(page: str) -> list[str]:
    """The customers of a page, in their order."""
    return re.findall(r'<th scope="row" class="key"><a href="[^"]*/(K\d+)/"', page)


def link(page: str, name: str) -> str:
    (found,) = re.findall(rf'id="page-{name}"[^>]* href="([^"]+)"', page)
    return unescape(found)


@pytest.fixture(scope="module", autouse=True)
def _built(_small_project: Path) -> None:
    """The files of the list come with each copy of the project."""
    index.build(_small_project)


@pytest.fixture
def analyst(room: Path, signed_in: Signed) -> Client:
    return signed_in("analyst")


# ---- the page ---------------------------------------------------------------------------------------------------------


def test_the_page_says_what_it_shows_and_shows_fifty(analyst: Client, room: Path) -> None:
    page = text_of(analyst.get(LIST))
    best = open_list(room).page(Query(size=50), managers=None)
    assert "60 Kunden sind" in page
    assert customers(page) == [row["customer_id"] for row in best.rows]
    assert "Summe der 60 Kunden" in page
    assert "60 Zeilen exportieren" in page
    assert "Zeilen 1 bis 50 von 60" in page
    assert 'aria-sort="descending"' in page


def test_a_part_is_the_table_with_a_new_sentence_and_nothing_around(analyst: Client) -> None:
    part = text_of(analyst.get(LIST, {"region": "Nord"}, headers=PART))
    assert part.lstrip().startswith('<div class="stack" id="list-table">')
    assert "<html" not in part
    assert 'id="finding" hx-swap-oob="true"' in part
    whole = analyst.get(LIST, {"region": "Nord"})
    assert "HX-Request" in whole["Vary"]
    sent = {"q": "", "stage": "", "value_min": "", "region": "Nord", "sort": "-value", "column": list(DEFAULT)}
    assert analyst.get(LIST, sent, headers=PART)["HX-Push-Url"] == "/customers/?region=Nord"
    assert customers(part) == customers(text_of(whole))


def test_pages_lead_on_and_back_by_key(analyst: Client) -> None:
    first = text_of(analyst.get(LIST))
    second = text_of(analyst.get(link(first, "on")))
    assert "Zeilen 51 bis 60 von 60" in second
    assert not set(customers(first)) & set(customers(second))
    assert customers(text_of(analyst.get(link(second, "back")))) == customers(first)
    assert customers(text_of(analyst.get(link(second, "first")))) == customers(first)
    assert 'id="page-on"' not in second


def test_a_heading_sorts_and_sorts_the_other_way_round(analyst: Client) -> None:
    page = text_of(analyst.get(LIST, {"by": "name"}))
    assert customers(page) == sorted(customers(page))
    assert 'name="by" value="-name"' in page
    turned = text_of(analyst.get(LIST, {"by": "-name", "sort": "value", "after": '[1,"K001"]'}))
    assert customers(turned) == sorted(customers(turned), reverse=True)
    assert "Zeilen 1 bis" in turned


def test_filters_narrow_and_stand_as_chips_that_remove_them(analyst: Client, room: Path) -> None:
    page = text_of(analyst.get(LIST, {"q": "firma", "region": "Nord", "value_min": "500,5", "purchases_min": "3"}))
    expected = open_list(room).totals(asked_of({"region": "Nord", "value_min": "500.5", "purchases_min": "3"}).filters, managers=None)
    assert 0 < expected.count < 30
    assert f"{expected.count} Kunden sind" in page
    chips = re.findall(r'class="chip">([^<]+)<a class="remove" href="([^"]+)"', page)
    assert [unescape(words).replace("\xa0", " ") for words, _ in chips] == [
        "Suche: firma", "Region: Nord", "Kundenwert: ab 500,50 €", "Käufe: ab 3",
    ]  # fmt: skip
    without = parse_qs(urlsplit(unescape(chips[2][1])).query)
    assert without == {"q": ["firma"], "region": ["Nord"], "purchases_min": ["3"]}


def test_filters_that_nobody_fits_say_so_and_how_to_go_on(analyst: Client) -> None:
    page = text_of(analyst.get(LIST, {"q": "nobody at all", "region": "Nord"}))
    assert "Kein Kunde passt zu diesen Filtern" in page
    assert 'href="/customers/?q=nobody+at+all"' in page
    assert "exportieren" not in page


def test_a_filter_that_cannot_be_read_is_told_and_the_input_kept(analyst: Client) -> None:
    answer = analyst.get(LIST, {"value_min": "a lot", "last_purchase_max": "31.12."})
    page = text_of(answer)
    assert answer.status_code == 422
    assert "Kundenwert: „a lot“ ist kein Betrag." in page
    assert "ein Betrag wie 1.284,50" in page
    assert len(re.findall('aria-invalid="true" aria-describedby="problems"', page)) == 2
    assert 'value="a lot"' in page
    assert page.count('role="alert"') == 2
    assert text_of(analyst.get(LIST, {"value_min": "a lot"}, headers=PART)).count('role="alert"') == 1


def test_an_address_with_what_nobody_knows_still_shows_a_list(analyst: Client) -> None:
    strange = {"sort": "shoe_size", "column": "shoe_size", "after": "[[[", "before": '{"a": 1}', "colour": "red", "stage": "no such stage"}
    assert analyst.get(LIST, strange).status_code == 200
    for key in ('["x","K001"]', "[null,null]", '[1e400,"K001"]', '[NaN,"K001"]', "9" * 2000, '[true,"K001"]'):
        answer = analyst.get(LIST, {"after": key})
        assert answer.status_code == 200
        assert len(customers(text_of(answer))) in {10, 50} or "Zeilen" in text_of(analyst.get(LIST, {"after": key}))


@pytest.mark.parametrize(
    "value", ["inf", "-inf", "nan", "1e400", "-1e308", "0x10", "1_000", "\x00", "٣", "9" * 400, "31.12.2025", ",", "%"]
)
def test_no_bound_breaks_the_page(analyst: Client, value: str) -> None:
    ends = {f"{name}{end}": value for name in ("value", "p_alive", "purchases", "score", "last_purchase") for end in ("_min", "_max")}
    for headers in ({}, PART):
        assert analyst.get(LIST, ends, headers=headers).status_code in {200, 422}


def test_what_people_wrote_is_never_markup(analyst: Client) -> None:
    evil = '"><script>alert(1)</script>'
    page = text_of(analyst.get(LIST, {"q": evil, "region": evil, "value_min": evil}))
    assert "<script>alert" not in page


def test_chosen_columns_are_shown_and_remembered(analyst: Client) -> None:
    page = text_of(analyst.get(LIST, {"column": ["name", "region", "purchases"]}))
    heads = re.findall(r'<th scope="col"[^>]*>(?:<button[^>]*>)?([^<]+)', page)
    assert [head.strip() for head in heads] == ["Kunde", "Käufe", "Region"]
    again = text_of(analyst.get(LIST))
    assert re.findall(r'<th scope="col"[^>]*>(?:<button[^>]*>)?([^<]+)', again) == heads


def test_the_page_is_english_for_english_readers(room: Path, signed_in: Signed) -> None:
    page = text_of(signed_in("reader", language="en").get(LIST))
    assert "60 customers are worth" in page
    assert "Rows 1 to 50 of 60" in page


def test_the_page_asks_the_database_few_times(analyst: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    analyst.get(LIST)
    with django_assert_num_queries(5):  # session, reader, project, kept views, running job of the frame
        analyst.get(LIST)
    with django_assert_num_queries(4):
        analyst.get(LIST, {"region": "Nord"}, headers=PART)


def test_a_large_list_that_is_missing_is_made_beside_a_page_that_asks_again(
    analyst: Client, room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepared, "MANY", 1)
    assert customers(text_of(analyst.get(LIST))), "files that are there are used"
    index.forget(room)
    answer = analyst.get(LIST)
    assert "wird aufgebaut" in text_of(answer)
    assert int(answer["Refresh"]) > 0
    for making in preparing._RUNNING.values():
        making.join(30)
    assert len(customers(text_of(analyst.get(LIST)))) == 50


def test_no_style_or_script_stands_in_the_page(analyst: Client) -> None:
    page = text_of(analyst.get(LIST, {"q": "firma"}))
    assert not re.search(r"\sstyle=|\son\w+=|hx-on|<style", page)
    assert not re.findall(r"<script(?![^>]* src=)", page)


# ---- whose customers --------------------------------------------------------------------------------------------------


def own(room: Path, manager: str) -> list[str]:
    opened = open_list(room)
    return [row["customer_id"] for row in opened.page(Query(size=200), managers=frozenset({manager})).rows]


def test_field_sales_see_count_search_and_choose_among_their_own_only(room: Path, signed_in: Signed) -> None:
    boss, field = signed_in("manager"), signed_in("field", managers="B. Lind")
    for asked in ({}, {"q": "firma"}, {"region": "Nord"}, {"account_manager": "A. Okafor"}):
        boss.get(LIST, asked)
    page = text_of(field.get(LIST))
    mine = own(room, "B. Lind")
    assert customers(page) == mine
    assert f"Ihre {len(mine)} Kunden sind" in page
    assert "Okafor" not in page
    assert "Sommer" not in page
    assert customers(text_of(field.get(LIST, {"q": "firma", "sort": "name"}))) == sorted(mine)
    foreign = own(room, "A. Okafor")
    assert customers(text_of(field.get(LIST, {"account_manager": "A. Okafor"}))) == []
    assert customers(text_of(field.get(LIST, {"q": foreign[0]}))) == []
    for place in ("after", "before"):
        assert set(customers(text_of(field.get(LIST, {place: f'[0,"{foreign[0]}"]'})))) <= set(mine)


def test_field_sales_without_customers_are_told_what_to_do(room: Path, signed_in: Signed) -> None:
    page = text_of(signed_in("field").get(LIST))
    assert "Ihnen ist noch kein Kunde zugeordnet" in page
    assert customers(page) == []


def test_who_objects_is_gone_from_the_next_page_on(analyst: Client, room: Path) -> None:
    best = customers(text_of(analyst.get(LIST)))[0]
    objection(room, best, reason="", by="J. Brandt", clock=NOW)
    page = text_of(analyst.get(LIST))
    assert best not in customers(page)
    assert "59 Kunden sind" in page
    assert "1 Kunde hat seitdem der Bewertung widersprochen" in page


# ---- export -----------------------------------------------------------------------------------------------------------


def content_of(answer: Any) -> bytes:
    """What a reader gets; closed as a server closes it."""
    content = b"".join(answer.streaming_content)
    answer.close()
    return content


def rows_of(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content_of(answer).decode("utf-8-sig")), delimiter=";"))


def test_an_export_holds_what_the_page_shows_on_all_pages(analyst: Client, room: Path) -> None:
    answer = analyst.post(f"{LIST}export/", {"list": "region=Nord&sort=name&column=name&column=region&column=value", "format": "csv"})
    assert answer["Content-Type"].startswith("text/csv")
    assert answer["Content-Disposition"] == f'attachment; filename="kunden-{open_list(room).manifest["as_of"]}.csv"'
    head, *rows = rows_of(answer)
    assert head == ["Kundennummer", "Kunde", "Kundenwert, €", "Kundenwert: mindestens, €", "Kundenwert: höchstens, €", "Region"]
    assert {row[-1] for row in rows} == {"Nord"}
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    assert len(rows) == open_list(room).totals(asked_of({"region": "Nord"}).filters, managers=None).count


def test_an_export_is_a_workbook_where_wanted_and_leaves_no_file_behind(analyst: Client, settings: Any) -> None:
    answer = analyst.post(f"{LIST}export/", {"list": "", "format": "xlsx"})
    (file,) = (settings.HOME.folder / "exports").rglob("*.xlsx")
    assert content_of(answer).startswith(b"PK")
    assert not file.exists()
    assert not list((settings.HOME.folder / "exports").iterdir())


def test_field_sales_take_out_their_own_only(room: Path, signed_in: Signed) -> None:
    field = signed_in("field", managers="B. Lind")
    for asked in ("", "account_manager=A.+Okafor", "q=firma"):
        rows = rows_of(field.post(f"{LIST}export/", {"list": asked, "format": "csv"}))[1:]
        assert {row[0] for row in rows} <= set(own(room, "B. Lind"))
    assert len(rows) == len(own(room, "B. Lind"))


def test_who_may_not_export_has_no_button(room: Path, signed_in: Signed) -> None:
    for role in ROLES:
        client = signed_in(role, managers="B. Lind")
        may = EXPORT.test(client.get(LIST).wsgi_request.user)
        assert ("exportieren" in text_of(client.get(LIST))) == may, role
        answer = client.post(f"{LIST}export/", {"format": "csv"})
        assert (answer.status_code == 200) == may, role
        answer.close()


def test_an_export_stands_in_the_log_without_a_name(analyst: Client, room: Path) -> None:
    from kundenwert.register.book import Register

    content_of(analyst.post(f"{LIST}export/", {"list": "region=Nord", "format": "csv"}))
    entry = Register(room).log()[-1]
    assert entry["action"] == "export"
    assert "analyst@firma.example" not in str(entry)
    assert "Nord" not in str(entry)


def test_a_look_at_the_list_is_no_export(analyst: Client) -> None:
    assert analyst.get(f"{LIST}export/").status_code == 405


# ---- kept views -------------------------------------------------------------------------------------------------------


@pytest.fixture
def kept(analyst: Client) -> Client:
    analyst.post(f"{LIST}views/save/", {"name": "Große im Norden", "list": "q=firma&region=Nord&value_min=500&sort=-purchases&column=name"})
    return analyst


def tabs(page: str) -> Iterator[tuple[str, str]]:
    found = re.search(r'<nav class="views".*?</nav>', page, re.DOTALL)
    assert found
    for address, name in re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)<', found[0]):
        yield unescape(name), unescape(address)


def test_a_kept_view_is_a_tab_with_filters_order_and_columns_but_not_the_words_searched_for(kept: Client) -> None:
    address = dict(tabs(text_of(kept.get(LIST))))["Große im Norden"]
    assert parse_qs(urlsplit(address).query) == {"region": ["Nord"], "value_min": ["500"], "sort": ["-purchases"], "column": ["name"]}
    page = text_of(kept.get(address))
    assert "Region: Nord" in page
    assert re.search(r'aria-current="true">Große im Norden', page)


def test_a_view_of_the_same_name_takes_its_place(kept: Client) -> None:
    kept.post(f"{LIST}views/save/", {"name": " Große  im Norden ", "list": "region=S%C3%BCd"})
    found = [address for name, address in tabs(text_of(kept.get(LIST))) if name == "Große im Norden"]
    assert len(found) == 1
    assert "region=S" in found[0]


def test_views_are_their_owner_s_alone(kept: Client, signed_in: Signed) -> None:
    from kundenwert.web.workspace.models import SavedView

    other, view = signed_in("manager"), SavedView.objects.get()
    assert "Große im Norden" not in text_of(other.get(LIST))
    other.post(f"{LIST}views/{view.pk}/delete/")
    assert SavedView.objects.filter(pk=view.pk).exists()
    assert "Große im Norden" in text_of(kept.get(f"{LIST}views/"))
    kept.post(f"{LIST}views/{view.pk}/delete/")
    assert not SavedView.objects.exists()


def test_a_view_needs_a_name_and_there_are_not_too_many(analyst: Client) -> None:
    from kundenwert.web.customers.saved import MOST
    from kundenwert.web.workspace.models import SavedView

    assert "keinen Namen" in text_of(analyst.post(f"{LIST}views/save/", {"name": "  ", "list": ""}, follow=True))
    for number in range(MOST + 2):
        analyst.post(f"{LIST}views/save/", {"name": f"View {number}", "list": ""})
    assert SavedView.objects.count() == MOST


def test_views_that_come_with_the_app_count_for_their_reader(room: Path, signed_in: Signed) -> None:
    page = text_of(signed_in("field", managers="B. Lind").get(LIST))
    names = [name for name, _ in tabs(page)]
    assert names[0] == "Meine Kunden"
    assert re.search(rf'Meine Kunden<span class="n">{len(own(room, "B. Lind"))}</span>', page)


# ---- addresses --------------------------------------------------------------------------------------------------------


def test_an_address_is_read_back_as_it_was_written() -> None:
    asked = Asked(
        fields=(("q", "müller & söhne"), ("region", "Nord"), ("region", "-"), ("value_min", "100"), ("at_risk", "1")),
        sort="name",
        descending=False,
        columns=("name", "region"),
    )
    key = Key('Müller, "&" [x]', "K 1/2")
    found = asked_of(QueryDict(asked.address(after=key)))
    assert (found.fields, found.sort, found.descending, found.columns, found.after) == (asked.fields, "name", False, asked.columns, key)
    assert asked_of(QueryDict("")) == Asked(columns=DEFAULT)
    assert asked_of(QueryDict("")).filters == Filters()
    assert asked.filters.among == (("region", ("", "Nord")),)


@pytest.mark.parametrize(
    ("figures", "written", "read"),
    [("de", "1.284,50", "1284.50"), ("de", "1284,5", "1284.5"), ("de", "−12,7 €", "-12.7"), ("de", "1284.50", "1284.50"),
     ("de", "2.000", "2000"),
     ("en", "1,284.50", "1284.50"), ("en", "1284.5", "1284.5"), ("en", "2,000", "2000"), ("en", "12,7", "12.7"), ("de", "a lot", "alot")],
)  # fmt: skip
def test_numbers_are_read_by_the_customs_of_the_reader(figures: str, written: str, read: str) -> None:
    use(figures)
    assert plain_number(written) == read
    use("de")


def test_bounds_that_hold_nothing_are_told(analyst: Client) -> None:
    page = text_of(analyst.get(LIST, {"value_min": "5.000", "value_max": "400"}))
    assert "Kundenwert: Zwischen 5.000 und 400 liegt nichts." in page
    assert "Der Suchtext ist zu lang." in text_of(analyst.get(LIST, {"q": "a b c d e f g h i"}))


def test_percent_become_shares_without_a_slip() -> None:
    (bounds,) = asked_of({"p_alive_min": "85", "p_alive_max": "99,5"}).filters.between
    assert bounds == ("p_alive", 0.85, 0.995)


NAMES = [
    "q",
    "stage",
    "region",
    "value_min",
    "value_max",
    "p_alive_min",
    "last_purchase_max",
    "at_risk",
    "sort",
    "by",
    "after",
    "before",
    "column",
]


@given(st.dictionaries(st.sampled_from(NAMES), st.lists(st.text(max_size=30), max_size=3)))
def test_whatever_stands_in_an_address_is_a_list_or_told_as_problems(given: dict[str, list[str]]) -> None:
    asked = asked_of(given)
    if problems_of_filters(asked) is None:
        # Written and read again it asks for the same.
        again = asked_of(QueryDict(asked.address()))
        assert (again.filters, again.sort, again.descending, again.columns) == (
            asked.filters, asked.sort, asked.descending, asked.columns,
        )  # fmt: skip
        assert asked.query.size == 50
