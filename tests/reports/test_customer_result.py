"""The customer result as page and as PDF: what it says, that its sums add up, and who must not stand in it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
import report_samples
import result_samples as sample

from kundenwert import registry
from kundenwert.records import CustomerResult, Notice, ResultTotals
from kundenwert.reports import customer_result_pdf
from kundenwert.reports._page import Facts, Page, Picture, Points, Row, Section, Table, Terms, Text
from kundenwert.reports.customer_base import page as run_page
from kundenwert.reports.customer_result import page, render
from kundenwert.reports.language import LANGUAGES, Language


def section(made: Page, key: str) -> Section:
    return next(each for each in made.sections if each.key == key)


def table(made: Page, key: str) -> Table:
    return next(block for block in section(made, key).blocks if isinstance(block, Table))


def cells(row: Row) -> list[str]:
    return [cell.text.replace("\u00a0", " ") for cell in row.cells]


def row(made: Page, key: str, label: str) -> Row:
    return next(each for each in table(made, key).rows if each.cells[0].text == label)


def keys(made: Page) -> list[str]:
    return [each.key for each in made.sections]


# ---------- the message ----------


@pytest.mark.parametrize(
    ("lang", "message"),
    [
        ("en", "2025: the customers brought €5,560 of contribution IV; 1 of them cost more than they brought"),
        ("de", "2025: Die Kunden brachten 5.560 € Deckungsbeitrag IV; 1 von ihnen kostete mehr, als er brachte"),
    ],
)
def test_the_page_begins_with_the_finding(lang: str, message: str) -> None:
    assert page(sample.result(), lang).message.replace("\u00a0", " ") == message


def test_the_lead_says_what_the_figure_is_its_size_and_how_it_moved() -> None:
    lead = page(sample.result(), "en").lead
    assert lead.startswith("Contribution IV is what is left of sales")
    assert "It is 3.0% of net revenue." in lead
    assert lead.endswith("€6,440 less than in 2024.")


def test_a_company_that_loses_money_reads_so_in_the_heading() -> None:
    lost = sample.result(steps=sample.steps((*sample.NOW[:14], -900)), before=())
    assert page(lost, "en").message == "2025: the customers cost €900 more than they brought"
    assert "whale" not in keys(page(lost, "en"))


def test_over_all_years_the_page_names_the_days_and_compares_with_nothing() -> None:
    made = page(sample.result(year=None, first=date(2024, 1, 2), before=()), "en")
    assert made.message.startswith("2 Jan 2024 to 31 Dec 2025: the customers brought")
    assert "Compared with" not in dict(made.basis)
    assert [column.heading for column in table(made, "steps").columns] == ["Step", "Amount,\u00a0€", "Waterfall", "% of net"]


def test_without_a_whole_year_before_the_page_says_why_it_compares_with_nothing() -> None:
    made = page(sample.result(before=()), "en")
    assert section(made, "steps").note == "No comparison with 2024: the data do not hold both years whole."
    assert section(made, "steps").message == "Of 100 of net revenue 3.0 are left; largest cost after the goods: Sales cost, €25.9k"


# ---------- the steps ----------


def test_each_step_stands_with_the_year_before_and_what_is_good_for_the_result_is_positive() -> None:
    made = page(sample.result(), "en")
    assert cells(row(made, "steps", "Discount"))[1:3] == ["−30,000", "−42,000"]
    assert cells(row(made, "steps", "Discount"))[4] == "−12,000"
    assert row(made, "steps", "Discount").cells[4].look == "down"
    assert cells(row(made, "steps", "Contribution IV")) == ["Contribution IV", "12,000", "5,560", "", "−6,440", "", "−53.7%", "3.0%"]
    assert section(made, "steps").message == "Contribution IV falls by 53.7% against 2024; largest item: Contribution I, −€3,000"


def test_the_bars_of_the_waterfall_hang_where_the_step_before_ended() -> None:
    rows = table(page(sample.result(before=()), "en"), "steps").rows
    bars = [next(mark for mark in each.cells[2].marks if mark.look == "ac") for each in rows]
    by_label = dict(zip((each.cells[0].text for each in rows), bars, strict=True))
    gross, discount, revenue = by_label["Sales at list price"], by_label["Discount"], by_label["Booked revenue"]
    assert (gross.start, gross.width) == (0, 100)
    assert discount.start + discount.width == pytest.approx(100, abs=0.02)
    assert discount.width == pytest.approx(42000 / 240000 * 100, abs=0.02)
    assert revenue.width == pytest.approx(191000 / 240000 * 100, abs=0.02)


def test_enlarged_bars_say_by_how_much_in_their_heading() -> None:
    columns = table(page(sample.result(), "de"), "steps").columns
    enlarged = next(column for column in columns if column.shown)
    assert enlarged.heading == "Balken 10-fach"


def test_bars_of_changes_are_enlarged_exactly_by_that_factor() -> None:
    made = row(page(sample.result(), "de"), "steps", "Rabatte")
    whole = next(mark for mark in made.cells[3].marks if mark.look == "ac")
    change = next(mark for mark in made.cells[5].marks if mark.look == "neg")
    assert change.width / whole.width == pytest.approx(10 * 12000 / 42000, rel=0.002)


def test_a_share_of_next_to_nothing_is_not_shown() -> None:
    before = sample.steps((*sample.BEFORE[:8], 1, *sample.BEFORE[9:]))
    assert cells(row(page(sample.result(before=before), "en"), "steps", "Marketing"))[6] == "–"


def test_a_step_that_is_known_of_one_year_only_is_compared_with_nothing() -> None:
    made = page(sample.result(before=sample.steps(sample.BEFORE, served=False)), "en")
    assert cells(row(made, "steps", "Sales cost"))[1:] == ["–", "−25,900", "", "–", "", "–", "−13.9%"]
    assert "more than in" not in made.lead
    assert "less than in" not in made.lead


def test_customers_and_what_belongs_to_nobody_add_up_to_the_company_to_the_cent() -> None:
    made = page(sample.result(), "de")
    for each in table(made, "company").rows:
        own, nobody, company = (Decimal(text.replace(".", "").replace(",", ".").replace("−", "-")) for text in cells(each)[1:4])
        assert own + nobody == company
    assert section(made, "company").message.replace("\u00a0", " ") == "200 € Deckungsbeitrag IV gehören keinem Kunden"
    assert [cell.text for cell in row(made, "steps", "Keinem Kunden zugeordnet").cells][2] == "200"


# ---------- losses ----------


def test_a_loss_maker_stands_with_cause_money_above_the_usual_and_lever() -> None:
    made = page(sample.result(), "de")
    found = cells(table(made, "losses").rows[0])
    assert found[0] == "K2"
    assert found[3] == "−10.670"
    assert found[5:] == ["−13 %", "Preisnachlässe", "19.000", "Preisnachlässe von 30,0 % auf 21,1 % des Listenpreises senken."]
    assert "Preisnachlässe von 30,0" in table(made, "losses").rows[0].cells[0].narrow.replace("\u00a0", " ")


def test_losses_that_are_not_listed_are_counted_and_the_sums_stay() -> None:
    losses = (("discount", 1, sample.money(-10670), sample.money(19000)), ("visits", 4, sample.money(-500), sample.money(700)))
    rows = table(page(sample.result(losses=losses), "en"), "losses").rows
    assert [cells(each)[0] for each in rows] == ["K2", "4 more", "All 5"]
    assert cells(rows[1])[3] == "−500"
    assert cells(rows[1])[7] == "700"
    assert cells(rows[2])[3] == "−11,170"


def test_who_objected_is_counted_and_stands_in_no_list() -> None:
    assert (
        "3 customers objected to being valued and stand in no list, in totals only." in section(page(sample.result(), "en"), "losses").note
    )
    nobody = page(sample.result(loss_makers=()), "en")
    assert any(isinstance(block, Text) and "they objected" in block.text for block in section(nobody, "losses").blocks)


def test_without_losses_the_page_says_so() -> None:
    made = page(sample.result(losses=(), loss_makers=()), "en")
    assert section(made, "losses").message == "No customer costs more than they bring"
    assert "causes" not in keys(made)


def test_causes_stand_by_the_money_above_the_usual() -> None:
    losses = (("visits", 9, sample.money(-500), sample.money(700)), ("discount", 1, sample.money(-10670), sample.money(19000)))
    made = page(sample.result(losses=losses), "en")
    assert [cells(each)[0] for each in table(made, "causes").rows] == ["Price concessions", "Visits", "All"]
    assert section(made, "causes").message == "Most money is lost by price concessions: 96% of what is above the usual"


# ---------- yardsticks and drivers ----------


def test_yardsticks_and_changes_of_place_stand_side_by_side() -> None:
    made = page(sample.result(), "en")
    assert cells(row(made, "yardsticks", "Contribution IV")) == ["Contribution IV", "5,560", "", "1", "0.50", "75%"]
    assert cells(table(made, "movers").rows[0]) == ["K2", "86,000", "−10,670", "1", "2", "2", "−1"]
    assert section(made, "movers").message == "Revenue flatters: the customers who move most all fall back"


def test_drivers_say_what_is_assumed_and_what_is_missing() -> None:
    made = page(sample.result(), "en")
    rows = {cells(each)[0]: each for each in table(made, "drivers").rows}
    assert cells(rows["Besuch"])[1:5] == ["Sales cost", "48", "280.00", "13,440"]
    assert rows["Auftrag"].cells[0].below == "assumed"
    assert rows["Zauberei"].cells[0].below == "no rate known: cost is missing"
    assert "Complaints: cost recorded there" in rows
    assert next(iter(rows)) == "Besuch"
    assert section(made, "drivers").unit == "units × rate in €, 2025"


# ---------- what it rests on ----------


def test_estimated_and_assumed_shares_head_their_section() -> None:
    soft = sample.result(estimated=sample.money(13040), assumed=sample.money(5944))
    made = page(soft, "en")
    assert section(made, "trust").message == "20% of contribution I is estimated; 10% of the cost to serve rests on assumed rates"
    assert section(page(sample.result(), "en"), "trust").message.startswith("Nothing is estimated or assumed")
    facts = next(block for block in section(made, "trust").blocks if isinstance(block, Facts))
    assert ("Objected", "3", "customers in no list, in totals only") in facts.facts


def test_notices_of_the_result_are_told_in_the_language_of_the_page() -> None:
    text = "{share:.0%} of the cost to serve rests on rates that the preset assumes."
    made = page(sample.result(notices=(Notice("contribution_assumed", text, {"share": 0.12}),)), "de")
    points = next(block for block in section(made, "trust").blocks if isinstance(block, Points))
    assert points.points[0].replace("\u00a0", " ").startswith("12 %")


def test_the_way_down_to_the_records_is_a_command_that_can_be_copied() -> None:
    texts = [block.text for block in section(page(sample.result(), "en"), "lookup").blocks if isinstance(block, Text)]
    assert "kundenwert customer K2 --lines --year 2025" in texts
    odd = sample.result(loss_makers=(sample.loss_maker("a b; rm"),))
    texts = [block.text for block in section(page(odd, "en"), "lookup").blocks if isinstance(block, Text)]
    assert "kundenwert customer ID --lines --year 2025" in texts


def test_every_heading_that_links_to_the_glossary_finds_its_word() -> None:
    made = page(sample.result(), "en")
    linked = {column.term for each in made.sections for block in each.blocks if isinstance(block, Table) for column in block.columns} - {""}
    explained = {key for block in section(made, "glossary").blocks if isinstance(block, Terms) for key, _, _ in block.terms}
    assert linked <= explained


def test_without_cost_to_serve_the_result_ends_at_contribution_one_and_says_so() -> None:
    made = page(sample.of_goods_only(), "en")
    assert made.message == "2025: the customers brought €65.0k of contribution I"
    assert "What it costs to serve customers is not known." in made.lead
    assert not {"losses", "causes", "drivers", "movers"} & set(keys(made))
    assert [each.cells[0].text for each in table(made, "steps").rows][-1] == "Contribution I of the company"


# ---------- HTML and PDF ----------


def hostile() -> CustomerResult:
    name = '<script>alert("1")</script>\u202e=1+1'
    return sample.result(title=name, loss_makers=(sample.loss_maker(name),), movers=(replace(sample.result().movers[0], customer_id=name),))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_html_is_whole_and_asks_nobody_for_anything(lang: str) -> None:
    found = render(sample.result(), lang)
    assert found.count("<h1>") == 1
    assert "<script" not in found
    assert not re.search(r'(?:src|href)="(?!#)', found)
    assert "{" not in re.sub(r"<style>.*?</style>", "", found, flags=re.DOTALL)


def test_names_that_look_like_markup_stay_names() -> None:
    found = render(hostile(), "de")
    assert "<script" not in found
    assert "\u202e" not in found.partition("</h1>")[2]
    assert customer_result_pdf.render(hostile(), "de").startswith(b"%PDF")


@pytest.mark.parametrize("made", [sample.result(), sample.of_goods_only()], ids=["served", "goods only"])
def test_the_pdf_has_the_same_bytes_each_time(made: CustomerResult) -> None:
    first = registry.load("reports", "customer_result_pdf")(made, "de")
    assert first == customer_result_pdf.render(made, "de")


def test_the_first_page_of_the_pdf_holds_steps_causes_whale_curve_and_levers() -> None:
    assert keys(customer_result_pdf.page(sample.result(), "de"))[:5] == ["steps", "causes", "whale", "levers", "losses"]


def test_the_pdf_holds_all_that_the_page_holds() -> None:
    assert set(keys(customer_result_pdf.page(sample.result(), "de"))) == {*keys(page(sample.result(), "de")), "levers"}


def test_the_first_page_says_what_to_do_first() -> None:
    made = customer_result_pdf.page(sample.result(), "en")
    assert section(made, "levers").message == "One lever reaches 100% of the money above the usual"
    points = next(block for block in section(made, "levers").blocks if isinstance(block, Points))
    (point,) = points.points
    assert point.startswith("Price concessions: 1 customer, €19.0k above the usual. Begin with customer K2: Price concessions from 30.0% ")


# ---------- the picture ----------


def waterfall(totals: ResultTotals, lang: str = "en") -> dict[str, object]:
    spec: dict[str, object] = registry.load("reports.charts", "contribution_waterfall")(totals, lang)
    return spec


def test_the_waterfall_tells_its_finding_and_has_its_figures_as_a_table() -> None:
    meta = waterfall(sample.result().totals)["usermeta"]
    assert isinstance(meta, dict)
    assert meta["message"] == "Of €240k at list price €5,560 are left as Contribution IV"
    assert meta["columns"] == ["Step", "2025", "2024", "Difference"]
    assert meta["rows"][-1] == ["Contribution IV", "5,560.00", "12,000.00", "−6,440.00"]


def test_the_waterfall_has_one_unit_for_all_figures() -> None:
    large = tuple(amount * 100 for amount in sample.NOW)
    totals = replace(sample.result().totals, steps=sample.steps(large), before=())
    meta = waterfall(totals)["usermeta"]
    assert isinstance(meta, dict)
    assert meta["title"] == "Result of all customers in EUR thousand, 2025"


def test_a_step_that_is_nothing_in_both_years_is_left_out() -> None:
    none = (*sample.NOW[:2], 0, *sample.NOW[3:])
    totals = replace(sample.result().totals, steps=sample.steps(none), before=())
    meta = waterfall(totals)["usermeta"]
    assert isinstance(meta, dict)
    assert "Bonus" not in [each[0] for each in meta["rows"]]


def test_the_whale_curve_is_that_of_contribution() -> None:
    blocks = section(page(sample.result(), "en"), "whale").blocks
    picture = next(block for block in blocks if isinstance(block, Picture))
    assert "bring 291.9%" in picture.alt
    assert Language("de").text("contribution IV") == "Deckungsbeitrag IV"


# ---------- in the report of a run ----------


def test_the_report_of_a_run_shows_the_waterfall_and_the_command_for_the_rest() -> None:
    made = run_page(replace(report_samples.in_contribution(), result=sample.result().totals), "en")
    assert keys(made)[:4] == ["worth", "parts", "result", "left"]
    assert section(made, "left").message == "3.0% of net revenue are left as Contribution IV"
    assert cells(row(made, "left", "Contribution IV")) == ["Contribution IV", "5,560", "−6,440", "3.0%"]
    assert any(isinstance(block, Text) and block.text == "kundenwert report result --year 2025" for block in section(made, "left").blocks)


def test_a_run_without_costs_has_no_result_in_its_report() -> None:
    assert "result" not in keys(run_page(report_samples.figures(), "en"))
