"""Each line is in exactly one class; flags say more; what cannot be booked is rejected with every reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kundenwert.errors import AmbiguousInput, DataError, UnreadableInput
from kundenwert.tables.reconciliation import LINE_CLASSES

Check = Callable[..., Any]

HEADER = "customer_id,invoice_date,invoice,stock_code,quantity,net_amount\n"


def test_a_line_is_in_the_first_class_that_fits(check: Check) -> None:
    found = check(
        HEADER
        + "K1,2024-01-02,R1,A,2,20.00\n"  # kept
        + ",2024-01-02,R1,A,2,20.00\n"  # without customer
        + ",2024-01-03,C2,A,-2,-20.00\n"  # without customer goes before cancellation
        + "K1,2024-01-03,C2,A,-1,-10.00\n"  # cancellation goes before return
        + "K1,2024-01-04,R3,A,-1,-10.00\n"  # return
        + "K1,,C4,A,-1,-10.00\n"  # rejected goes before all of them
        + ",2024-01-99,R5,A,1,1.00\n",
        cancellation_prefixes="C",
    )
    assert found.column("line_class") == ["kept", "without_customer", "without_customer", "cancellation", "return", "rejected", "rejected"]
    assert found.classes == {"rejected": 2, "without_customer": 2, "cancellation": 1, "return": 1, "kept": 1}


def test_the_classes_stand_in_the_order_in_which_they_are_tested() -> None:
    assert LINE_CLASSES == ("unreadable", "rejected", "after_as_of", "without_customer", "cancellation", "return", "kept")


def test_only_a_reconciliation_with_an_as_of_day_has_lines_after_it(check: Check) -> None:
    found = check(HEADER + "K1,2024-01-02,R1,A,1,5\nK1,2024-02-02,R2,A,1,7\n,2024-03-02,R3,A,1,9\nK1,,R4,A,1,11\n")
    assert "after_as_of" not in [total.line_class for total in found.loaded.reconcile().classes]
    classes = {total.line_class: (total.lines, total.amount) for total in found.loaded.reconcile(date(2024, 1, 31)).classes}
    assert classes["after_as_of"] == (2, 16)
    assert classes["kept"] == (1, 5)
    assert classes["rejected"] == (1, 11)
    assert classes["without_customer"] == (0, 0)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("Storno", "cancellation"), ("GUTSCHRIFT", "return"), ("refund", "return"), ("Rechnung", "kept"), ("", "kept")],
)
def test_the_kind_of_a_document_says_what_it_is(check: Check, kind: str, expected: str) -> None:
    found = check(f"customer_id,date,amount,kind\nK1,2024-01-02,5.00,{kind}\nK2,2024-01-02,5.00,Rechnung\n")
    assert found.column("line_class") == [expected, "kept"]


def test_a_prefix_counts_only_before_a_digit(check: Check) -> None:
    text = HEADER + "K1,2024-01-02,C1,A,1,1\nK1,2024-01-02,c2,A,1,1\nK1,2024-01-02,CASH,A,1,1\nK1,2024-01-02,1C,A,1,1\n"
    assert check(text, cancellation_prefixes="C").column("line_class") == ["cancellation", "cancellation", "kept", "kept"]


def test_a_letter_that_stands_before_negative_lines_only_is_found_and_said(check: Check) -> None:
    text = HEADER + "".join(f"K1,2024-01-02,S{number},A,-1,-5.00\nK1,2024-01-01,R{number},A,1,5.00\n" for number in range(6))
    found = check(text)
    assert found.classes == {"cancellation": 6, "kept": 6}
    (notice,) = found.loaded.notices
    assert (notice.key, notice.values["prefix"]) == ("cancellation_prefix", "S")


def test_flags_do_not_change_the_class(check: Check) -> None:
    found = check(
        "customer_id,date,stock_code,quantity,unit_price,net_amount\n"
        "K1,2024-01-02,A,1,5.00,5.00\n"
        "K1,2024-01-02,A,3,0.00,0.00\n"
        "K1,2024-01-02,POST,1,4.00,4.00\n"
        "K1,2024-01-02,A,1,-2.00,-2.00\n",
        non_products="POST, FEE",
    )
    assert set(found.column("line_class")) == {"kept"}
    assert found.column("is_free") == [False, True, False, False]
    assert found.column("is_non_product") == [False, False, True, False]
    assert found.column("is_negative_price") == [False, False, False, True]
    assert found.flag("free") == (1, 0)
    assert found.flag("non_product") == (1, 4)
    assert found.flag("negative_price") == (1, -2)


def test_a_repeated_line_is_kept_and_counted(check: Check) -> None:
    line = "K1,2024-01-02,R1,A,1,5.00\n"
    found = check(HEADER + line + line + "K1,2024-01-02,R1,A,1,5.01\n" + line)
    assert found.classes == {"kept": 4}
    assert found.flag("duplicate") == (2, 10)


def test_a_rejected_line_lists_every_rule_it_breaks_with_file_record_and_raw_text(check: Check) -> None:
    found = check(HEADER + "K1,2024-01-02,R1,A,1,5.00\n4.01E+12,morgen,R2,A,1,fünf\nK3,,R3,A,,\nK4,2024-01-05,R4,A,1,6.00\n")
    assert [entry["rules"] for entry in found.rejects] == [
        ["date is readable", "amount is readable", "customer id is sound"],
        ["date is given", "amount is given"],
    ]
    assert [(entry["file_id"], entry["record"]) for entry in found.rejects] == [(0, 2), (0, 3)]
    assert "4.01E+12" in found.rejects[0]["raw"]
    assert "fünf" in found.rejects[0]["raw"]


@pytest.mark.parametrize("text", ["4,01E+12", "4.01E+12", "1.5e+07", "4E+12"])
def test_an_id_that_a_spreadsheet_has_rounded_is_rejected(check: Check, text: str) -> None:
    found = check(f"customer_id;date;amount\nK1;2024-01-02;5.00\n{text};2024-01-02;5.00\n", wanted={"decimal_mark": "."})
    assert found.column("line_class") == ["kept", "rejected"]
    assert found.rejects[0]["rules"] == ["customer id is sound"]


@pytest.mark.parametrize("text", ["4E12", "E+12", "12.5", "1E5X", "44E+12"])
def test_an_id_that_only_looks_like_a_rounded_one_is_kept(check: Check, text: str) -> None:
    found = check(f"customer_id;date;amount\nK1;2024-01-02;5.00\n{text};2024-01-02;5.00\n", wanted={"decimal_mark": "."})
    assert found.column("line_class") == ["kept", "kept"]


def test_an_id_of_more_than_255_characters_is_rejected(check: Check) -> None:
    found = check(f"customer_id,date,amount\n{'x' * 255},2024-01-02,5.00\n{'x' * 256},2024-01-02,5.00\n")
    assert found.column("line_class") == ["kept", "rejected"]


def test_leading_zeros_of_ids_stay(check: Check) -> None:
    found = check("customer_id,date,amount,stock_code\n007,2024-01-02,5.00,00012\n7,2024-01-02,5.00,12\n")
    assert found.column("customer_id") == ["007", "7"]
    assert found.column("product_id") == ["00012", "12"]


def test_lines_that_cannot_be_split_into_cells_are_counted_and_listed(check: Check) -> None:
    found = check("customer_id,date,amount\nK1,2024-01-02,5.00\nK2,2024-01-02,5.00,and,more\nK3,2024-01-03,6.00\n")
    assert found.classes == {"unreadable": 1, "kept": 2}
    assert found.loaded.reconcile().lines == 3
    (entry,) = found.rejects
    assert entry["rules"] == ["record is readable"]
    assert "K2,2024-01-02,5.00,and,more" in entry["raw"]


# ---- the same document in two files -----------------------------------------------------------------------------------

JANUARY = "K1,2024-01-02,R1,A,1,5.00\nK1,2024-01-20,R2,A,1,7.00\n"


def test_the_same_document_in_two_files_counts_once_and_the_newer_file_wins(check: Check) -> None:
    found = check(HEADER + JANUARY, HEADER + "K1,2024-01-20,R2,A,1,7.00\nK1,2024-02-03,R3,A,1,9.00\n")
    assert found.classes == {"rejected": 1, "kept": 3}
    (entry,) = found.rejects
    assert (entry["file_id"], entry["record"], entry["rules"]) == (0, 2, ["document counts once, in the newest file"])
    assert found.loaded.notices == ()


def test_the_newer_file_is_the_one_with_the_later_last_day_whatever_its_place(check: Check) -> None:
    found = check(HEADER + "K1,2024-01-20,R2,A,1,8.00\nK1,2024-02-03,R3,A,1,9.00\n", HEADER + JANUARY)
    assert [(entry["file_id"], entry["record"]) for entry in found.rejects] == [(1, 2)]


def test_a_document_that_differs_in_the_newer_file_is_listed_as_changed(check: Check) -> None:
    found = check(HEADER + JANUARY, HEADER + "K1,2024-01-20,R2,A,1,7.50\nK1,2024-02-03,R3,A,1,9.00\n")
    (notice,) = found.loaded.notices
    assert (notice.key, notice.values) == ("changed_since", {"count": 1, "names": "R2"})
    kept = next(total for total in found.loaded.reconcile().classes if total.line_class == "kept")
    assert kept.amount == Decimal("21.5")


def test_a_document_with_its_lines_in_another_order_is_not_changed(check: Check) -> None:
    lines = ["K1,2024-01-20,R2,A,1,7.00\n", "K1,2024-01-20,R2,B,2,7.00\n", "K1,2024-01-20,R2,A,1,7.00\n"]
    found = check(HEADER + "".join(lines), HEADER + "".join(reversed(lines)) + "K1,2024-02-03,R3,A,1,9.00\n")
    assert found.classes == {"rejected": 3, "kept": 4}
    assert found.loaded.notices == ()


@pytest.mark.parametrize(
    "newer",
    [
        "K1,2024-01-20,R2,A,1,7.00\nK1,2024-01-20,R2,B,1,7.00\nK1,2024-01-20,R2,B,1,7.00\n",
        "K1,2024-01-20,R2,A,1,7.00\nK1,2024-01-20,R2,A,1,7.00\nK1,2024-01-20,R2,C,1,7.00\n",
        "K1,2024-01-20,R2,A,1,7.00\nK1,2024-01-20,R2,A,1,7.00\nK1,2024-01-21,R2,B,1,7.00\n",
        "K1,2024-01-20,R2,A,1,7.00\nK1,2024-01-20,R2,A,1,7.00\nK1,2024-01-20,R2,,1,7.00\n",
        "K1,2024-01-20,R2,A,1,6.00\nK1,2024-01-20,R2,A,1,8.00\nK1,2024-01-20,R2,B,1,7.00\n",
    ],
)
def test_one_line_that_differs_makes_a_document_of_the_same_total_a_changed_one(check: Check, newer: str) -> None:
    older = "K1,2024-01-20,R2,A,1,7.00\nK1,2024-01-20,R2,A,1,7.00\nK1,2024-01-20,R2,B,1,7.00\n"
    found = check(HEADER + older, HEADER + newer + "K1,2024-02-03,R3,A,1,9.00\n")
    assert [(notice.key, notice.values["count"]) for notice in found.loaded.notices] == [("changed_since", 1)]


def test_the_same_number_of_another_customer_or_year_is_another_document(check: Check) -> None:
    found = check(HEADER + JANUARY, HEADER + "K2,2024-01-20,R2,A,1,7.00\nK1,2025-01-20,R2,A,1,7.00\n")
    assert found.classes == {"kept": 4}


def test_lines_that_differ_in_a_few_letters_do_not_repeat_each_other(check: Check) -> None:
    # The texts of the first two records have the same hash in the engine.
    lines = ["10943569;2024-01-25;15.21", "10943567;2024-04-25;15.31", "10943567;2024-04-25;15.31", "10943567;2024-04-25;15.32"]
    found = check("\n".join(["customer_id;date;amount", *lines]) + "\n")
    assert found.flag("duplicate") == (1, Decimal("15.31"))


def test_lines_alike_in_customer_day_and_amount_but_not_in_all_do_not_repeat_each_other(check: Check) -> None:
    found = check("customer_id,date,amount,note\nK1,2024-01-25,15.21,a\nK1,2024-01-25,15.21,b\nK1,2024-01-25,15.21,a\n")
    assert found.flag("duplicate") == (1, Decimal("15.21"))


def test_repeated_lines_of_one_document_within_a_file_stay(check: Check) -> None:
    line = "K1,2024-01-20,R2,A,1,7.00\n"
    assert check(HEADER + line + line, HEADER + "K1,2024-02-03,R3,A,1,9.00\n").classes == {"kept": 3}


def test_documents_of_a_file_without_numbers_are_never_taken_for_the_same(check: Check) -> None:
    text = "customer_id,date,amount\nK1,2024-01-02,5.00\n"
    assert check(text, text).classes == {"kept": 2}


# ---- currency, amounts, limit -----------------------------------------------------------------------------------------


def test_two_currencies_are_refused(check: Check) -> None:
    with pytest.raises(AmbiguousInput, match=r"The lines are in EUR \(2 lines\), CHF \(1 lines\)"):
        check("customer_id,date,amount,currency\nK1,2024-01-02,5.00,EUR\nK2,2024-01-02,5.00,CHF\nK2,2024-01-03,5.00,EUR\n")


def test_a_currency_that_is_not_the_reporting_currency_is_refused(check: Check) -> None:
    with pytest.raises(AmbiguousInput, match=r"in CHF \(1 lines\)\. Expected: one currency, EUR"):
        check("customer_id,date,amount,currency\nK1,2024-01-02,5.00,CHF\n", currency="EUR")


def test_the_only_currency_found_is_that_of_lines_without_one(check: Check) -> None:
    found = check("customer_id,date,amount,currency\nK1,2024-01-02,5.00,CHF\nK2,2024-01-02,5.00,\n")
    assert found.loaded.currency == "CHF"
    assert {total.currency for total in found.loaded.reconcile().months} == {"CHF"}


def test_the_currency_of_the_settings_is_that_of_lines_without_one(check: Check) -> None:
    found = check("customer_id,date,amount\nK1,2024-01-02,5.00\n", currency="SEK")
    assert found.column("currency") == ["SEK"]
    assert found.loaded.currency == "SEK"


def test_no_currency_is_invented(check: Check) -> None:
    assert check("customer_id,date,amount\nK1,2024-01-02,5.00\n").loaded.currency == ""


def test_a_file_with_amounts_and_one_without_are_not_mixed(check: Check) -> None:
    with pytest.raises(AmbiguousInput, match=r"sales-2.csv has no amounts, sales-1.csv has"):
        check("customer_id,date,amount\nK1,2024-01-02,5.00\n", "customer_id,date\nK1,2024-01-02\n")


def test_a_file_without_amounts_is_booked(check: Check) -> None:
    found = check("customer_id,date\nK1,2024-01-02\nK2,2024-01-03\n")
    assert not found.loaded.has_amounts
    assert found.classes == {"kept": 2}
    assert found.column("amount") == [None, None]


def test_gross_amounts_are_booked_net_of_their_tax(check: Check) -> None:
    found = check("customer_id,date,brutto,mwst_betrag\nK1,2024-01-02,119.00,19.00\n")
    assert found.column("amount") == [100]


def test_gross_amounts_are_booked_net_by_a_rate(check: Check) -> None:
    found = check("customer_id,date,brutto\nK1,2024-01-02,119.00\nK2,2024-01-02,59.50\n", wanted={"tax_rate": 0.19})
    assert found.column("amount") == [100, 50]


BAD = "customer_id,date,amount\n" + "K1,2024-01-02,5.00\n" * 4 + "K2,,5.00\n" * 6


def test_more_rejects_than_the_limit_are_refused_with_rules_and_examples(check: Check) -> None:
    with pytest.raises(DataError, match=r"6 of 10 lines cannot be booked. Broken rules: date is given: 6") as caught:
        check(BAD)
    assert len(caught.value.problems) == 6
    assert caught.value.problems[1].came == "Record 5: K2,,5.00"
    assert caught.value.problems[1].file == "sales-1.csv"


def test_the_limit_of_rejects_is_a_setting(check: Check) -> None:
    assert check(BAD, reject_limit="0.6").classes == {"rejected": 6, "kept": 4}


def test_a_file_without_a_line_is_refused(check: Check) -> None:
    with pytest.raises(UnreadableInput, match="There is a header, but no line of data"):
        check("customer_id,date,amount\n")


def test_what_was_rejected_is_in_the_totals(check: Check) -> None:
    found = check(HEADER + "K1,2024-01-02,R1,A,1,5.00\nK1,,R2,A,1,8.125\n,2024-02-01,R2,A,1,0.000001\n").loaded.reconcile()
    assert found.amount == Decimal("13.125001")
    assert found.difference == 0
    assert sum(total.amount for total in found.classes) == found.amount
    assert sum(total.amount for total in found.months) == found.amount
    assert {(total.month, total.line_class): total.amount for total in found.months}["", "rejected"] == Decimal("8.125")
