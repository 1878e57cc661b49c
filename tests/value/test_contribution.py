"""The customer result: table 3.2 to the cent, and what must hold for every company whatever it sells."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from kundenwert import sources
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Engine
from kundenwert.flows import contribution, presets
from kundenwert.flows.company_tables import open_nothing
from kundenwert.flows.ledger import sort_lines
from kundenwert.flows.load import load
from kundenwert.flows.progress import Progress
from kundenwert.flows.project import settings_with
from kundenwert.flows.reading import Input
from kundenwert.sources import Wanted
from kundenwert.tables.company._shape import SQL_TYPES

UNTIL = date(2025, 12, 31)
HEADERS = {
    "transactions": ("customer_id", "date", "document_id", "product_id", "quantity", "amount", "cost", "list_amount", "discount"),
    "activities": ("customer_id", "driver", "date", "count"),
    "activity_rates": ("driver", "rate", "stage", "valid_from"),
    "measures": ("measure_id", "customer_id", "date", "treated", "cost"),
    "payments": ("document_id", "customer_id", "invoice_date", "paid_on", "amount", "cash_discount"),
    "complaints": ("complaint_id", "customer_id", "date", "cost"),
    "contacts": ("contact_id", "customer_id", "date", "channel", "cost"),
    "customers": ("customer_id", "name", "requirements"),
}
RATES = (
    ("Besuch", 280, "sales"), ("Auftrag", 35, "sales"), ("Lieferung", 42, "logistics"), ("Reklamation", 150, "service"),
    ("Servicestunde", 65, "service"),
)  # fmt: skip
Rows = Sequence[Sequence[Any]]
Row = dict[str, Any]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with open_engine(threads=1) as engine:
        yield engine


@pytest.fixture
def book(engine: Engine) -> Callable[..., list[Row]]:
    """Books tables given as rows, as a ledger holds them, and returns the rows of the customer result."""

    def book(transactions: Rows, /, preset: str = "", until: date = UNTIL, margin: float | None = None, **tables: Rows) -> list[Row]:
        for name in ("ledger_lines", *(f"ledger_{table}" for table in sources.tables())):
            engine.drop(name)
        engine.open_frame("ledger_lines", lines_of(transactions))
        engine.view("booked", "tables/booked_from_ledger.sql")
        for name, table in sources.tables().items():
            if name in tables:
                engine.open_frame(
                    f"ledger_{name}", typed(tables[name], HEADERS[name], {role.name: SQL_TYPES[role.type] for role in table.roles})
                )
            else:
                open_nothing(engine, name)
        engine.table("known_customers", "tables/company/known_customers.sql")
        contribution.open_steps(engine, margin, presets.load(preset) if preset else None, until, has_tables=True)
        contribution.book(engine)
        return engine.arrow("value/contribution/written.sql").to_pylist()

    return book


LINE_TYPES = {
    **dict.fromkeys(("customer_id", "document_id", "product_id", "product_group", "line_class"), "VARCHAR"),
    **dict.fromkeys(("quantity", "amount", "cost", "list_amount", "discount"), "DECIMAL(18,6)"),
    "date": "DATE",
    **dict.fromkeys(("is_non_product", "is_negative_price"), "BOOLEAN"),
}
ARROW = {
    "VARCHAR": pa.string(), "DATE": pa.date32(), "DECIMAL(18,6)": pa.decimal128(18, 6), "BOOLEAN": pa.bool_(), "INTEGER": pa.int32(),
    "DECIMAL(18,12)": pa.decimal128(18, 12),
}  # fmt: skip


def lines_of(transactions: Rows) -> pa.Table:
    """Lines as the ledger holds them; a tenth cell `Storno` makes a cancellation."""
    rows = []
    for line in transactions:
        back = "return" if float(line[4]) < 0 else "kept"
        kind = "without_customer" if not line[0] else "cancellation" if len(line) > 9 else back
        rows.append((*line[:9], kind, line[3] in {"BONUS", "FRACHT"}, False))
    return typed(rows, (*HEADERS["transactions"], "line_class", "is_non_product", "is_negative_price"), LINE_TYPES)


def typed(rows: Rows, header: Sequence[str], types: Mapping[str, str]) -> pa.Table:
    """Rows of texts and numbers with the columns and types of a table in the ledger; an empty cell is null."""
    columns: dict[str, pa.Array] = {}
    for name, kind in types.items():
        cells = [row[header.index(name)] for row in rows] if name in header else [None] * len(rows)
        columns[name] = pa.array([cell_of(cell, kind) for cell in cells], ARROW[kind])
    return pa.table({**columns, "file_id": pa.array([0] * len(rows), pa.int32())})


def cell_of(cell: Any, kind: str) -> Any:
    if cell is None or cell == "":
        return None
    if kind == "DATE":
        return date.fromisoformat(cell)
    if kind.startswith("DECIMAL"):
        return Decimal(str(cell)).quantize(Decimal(1).scaleb(-int(kind[-3:-1].strip(","))))
    return cell


def total(rows: Sequence[Row], *names: str) -> dict[str, Decimal]:
    return {name: sum((row[name] for row in rows), Decimal(0)) for name in names}


# Table 3.2


def two_customers() -> tuple[list[tuple[Any, ...]], dict[str, Rows]]:
    """K1 and K2 of value-models.md 3.2: a year in twelve invoices, a bonus in December."""
    lines: list[tuple[Any, ...]] = []
    for customer, discount, bonus in (("K1", 1000, 3000), ("K2", 2500, 4000)):
        for month in range(1, 13):
            cost = "5083.33" if month < 12 else "5083.37"
            day = f"2025-{month:02}-15"
            lines.append((customer, day, f"{customer}-{month}", "P1", 10, 10_000 - discount, cost, 10_000, ""))
        lines.append((customer, "2025-12-31", f"{customer}-B", "BONUS", -1, -bonus, "", "", ""))
    counts = {
        "K1": {"Besuch": 18, "Auftrag": 96, "Lieferung": 210, "Reklamation": 14, "Servicestunde": 30},
        "K2": {"Besuch": 30, "Auftrag": 260, "Lieferung": 260, "Reklamation": 25},
    }
    invoices = (("K1", 9000), ("K2", 7500))
    tables: dict[str, Rows] = {
        "activities": [(customer, driver, "2025-12-31", count) for customer, own in counts.items() for driver, count in own.items()],
        "activity_rates": [(*rate, "") for rate in RATES],
        "measures": [("M1", "K1", "2025-05-01", True, 4500), ("M1", "K2", "2025-05-01", True, 1500)],
        "payments": [(f"{customer}-1", customer, "2025-01-15", "2025-01-25", amount, 2000) for customer, amount in invoices],
    }
    return lines, tables


def test_table_3_2_comes_out_to_the_cent(book: Callable[..., list[Row]]) -> None:
    lines, tables = two_customers()
    one, two = book(lines, **tables)
    expected = {
        "gross": (120_000, 120_000), "discount": (12_000, 30_000), "bonus": (3_000, 4_000), "cash_discount": (2_000, 2_000),
        "net": (103_000, 84_000), "goods": (61_000, 61_000), "db1": (42_000, 23_000), "marketing": (4_500, 1_500),
        "db2": (37_500, 21_500), "sales": (8_400, 17_500), "db3": (29_100, 4_000), "service": (4_050, 3_750),
        "logistics": (8_820, 10_920), "db4": (16_230, -10_670),
    }  # fmt: skip
    assert {name: (one[name], two[name]) for name in expected} == expected
    assert round(100 * one["db4"] / one["net"], 2) == Decimal("15.76")
    assert round(100 * two["db4"] / two["net"], 2) == Decimal("-12.70")
    assert (one["estimated"], one["assumed"]) == (0, 0)


def test_k2_loses_by_discount_and_small_orders_and_is_told_the_way_out(book: Callable[..., list[Row]], engine: Engine) -> None:
    lines, tables = two_customers()
    book(lines, **tables)
    engine.table("left_out", "value/contribution/nobody.sql")
    contribution._open_period(engine, 2025)
    assert contribution._losses(engine) == (("discount", 1, Decimal("-10670.00"), Decimal("19000.00")),)
    (found,) = contribution._loss_makers(engine, 10)
    assert (found.customer_id, found.db4) == ("K2", -10_670)
    assert [(cause.cause, cause.excess) for cause in found.causes] == [
        ("discount", 19_000), ("small_orders", 7_840), ("visits", 3_360), ("complaints", 1_650), ("returns", 0),
    ]  # fmt: skip
    assert found.avoidable == 31_850
    assert str(found.lever) == "Price concessions from 30.0% down to 21.1% of the list price."
    # 77 for an order and its delivery: 139 fewer are worth 10,703.
    assert str(found.causes[1].lever) == "260 orders bundled into 121: a minimum order of 710.74."
    # 280 for a visit: even none at all would leave a loss.
    assert found.causes[2].target is None
    assert "3,360.00 of the loss of 10,670.00" in str(found.causes[2].lever)


def test_each_lever_alone_brings_the_loss_to_zero(book: Callable[..., list[Row]], engine: Engine) -> None:
    lines, tables = two_customers()
    book(lines, **tables)
    engine.table("left_out", "value/contribution/nobody.sql")
    contribution._open_period(engine, None)
    contribution._losses(engine)
    (found,) = contribution._loss_makers(engine, 10)
    discount, orders = found.causes[:2]
    assert discount.target is not None
    assert orders.target is not None
    assert abs(float(discount.cost) - discount.target * 120_000 - 10_670) < 1e-6
    activities = [row for row in tables["activities"] if row[:2] not in {("K2", "Auftrag"), ("K2", "Lieferung")}]
    activities += [("K2", driver, "2025-12-31", orders.target) for driver in ("Auftrag", "Lieferung")]
    rows = book(lines, **{**tables, "activities": activities})
    assert 0 <= rows[1]["db4"] < 77


# What holds for every company


def company(seed: int) -> tuple[list[tuple[Any, ...]], dict[str, Rows]]:
    """An invented company with odd parts of cents, missing costs, returns, and records of people whom nobody knows."""
    rng = random.Random(seed)
    lines: list[tuple[Any, ...]] = []
    for number in range(160):
        customer = "" if number % 40 == 0 else f"C{number % 23:02}"
        listed, share, back = rng.uniform(1, 900), rng.choice((1.0, 0.9, 0.733)), rng.random() < 0.15
        sign = -1 if back else 1
        amount = sign * listed * share
        cost = "" if rng.random() < 0.2 else f"{amount * 0.61:.4f}"
        day = f"{rng.choice((2024, 2025))}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
        product = rng.choice("ABC")
        lines.append((customer, day, f"R{number}", product, sign, f"{amount:.4f}", cost, f"{sign * listed:.4f}", ""))
    drivers = [name for name, _, _ in RATES] + ["Katalog"]
    day, starts = "2025-03-31", ("2024-01-01", "2025-02-01")
    tables: dict[str, Rows] = {
        "activities": [(f"C{rng.randint(0, 25):02}", rng.choice(drivers), day, rng.randint(1, 9)) for _ in range(120)],
        "activity_rates": [(name, f"{rate + 0.0037:.4f}", stage, start) for name, rate, stage in RATES for start in starts],
        "complaints": [(f"B{number}", f"C{rng.randint(0, 25):02}", day, f"{rng.uniform(1, 90):.3f}") for number in range(30)],
        "contacts": [(f"T{number}", f"C{rng.randint(0, 22):02}", day, "visit", f"{rng.uniform(1, 90):.2f}") for number in range(10)],
        "measures": [("M", f"C{number:02}", day, True, "4.5") for number in range(20)],
        "payments": [(line[2], line[0], line[1], "2025-06-01", line[5], "3.333") for line in lines if float(line[5]) > 50],
    }
    return lines, tables


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_customers_and_unallocated_add_up_to_the_company(book: Callable[..., list[Row]], seed: int) -> None:
    lines, tables = company(seed)
    rows = book(lines, **tables)
    rates = {(name, start): Decimal(f"{rate + 0.0037:.4f}") for name, rate, _ in RATES for start in ("2025-02-01",)}
    served = sum(Decimal(count) * rates.get((driver, "2025-02-01"), Decimal(0)) for _, driver, _, count in tables["activities"])
    more = sum(Decimal(row[-1]) for name in ("complaints", "contacts", "measures") for row in tables[name])
    found = total(rows, "revenue", "cash_discount", "marketing", "sales", "service", "logistics", "db1", "db4")
    booked = sum(Decimal(line[5]) for line in lines)
    # Customers and each owner of what is left are rounded once.
    assert abs(found["revenue"] - booked) <= Decimal("0.02")
    cost = found["marketing"] + found["sales"] + found["service"] + found["logistics"]
    assert abs(cost - served - more) <= Decimal("0.10")
    assert found["db4"] == found["db1"] - cost
    own = [row for row in rows if row["unallocated"] is None]
    known = round(sum(Decimal(line[5]) for line in lines if line[0]), 2)
    assert abs(total(own, "revenue")["revenue"] - known) <= Decimal("0.005")
    assert {row["unallocated"] for row in rows} == {None, "without_customer", "unknown_customer"}
    assert {row["customer_id"] for row in rows if row["unallocated"]} == {None, "C23", "C24", "C25"}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_each_step_is_the_one_before_less_what_stands_between_them(book: Callable[..., list[Row]], seed: int) -> None:
    lines, tables = company(seed)
    for row in book(lines, **tables):
        assert row["gross"] - row["discount"] - row["bonus"] == row["revenue"]
        assert row["revenue"] - row["cash_discount"] == row["net"]
        assert row["net"] - row["goods"] == row["db1"]
        assert row["db1"] - row["marketing"] == row["db2"]
        assert row["db2"] - row["sales"] == row["db3"]
        assert row["db3"] - row["service"] - row["logistics"] == row["db4"]
        assert row["db4"] <= row["db3"] <= row["db2"] <= row["db1"]


@pytest.mark.parametrize("seed", [1, 2])
def test_splitting_an_order_changes_nothing(book: Callable[..., list[Row]], seed: int) -> None:
    lines, tables = company(seed)
    whole = [line for line in lines if line[6]]
    halves = []
    for line in whole:
        first = [f"{float(cell) * 0.25:.4f}" for cell in line[5:8]]
        rest = [f"{Decimal(cell) - Decimal(part):.4f}" for cell, part in zip(line[5:8], first, strict=True)]
        halves += [(*line[:4], line[4], *first, ""), (*line[:4], line[4], *rest, "")]
    assert book(halves, **tables) == book(whole, **tables)


def test_an_invoice_and_its_full_cancellation_leave_no_trace(book: Callable[..., list[Row]]) -> None:
    lines, tables = company(4)
    extra = [
        ("C01", "2024-05-05", "X1", "A", 3, "317.77", "200.10", "350.00", ""),
        ("C01", "2024-05-09", "X2", "A", -3, "-317.77", "-200.10", "-350.00", "", "Storno"),
    ]
    assert book([*lines, *extra], **tables) == book(lines, **tables)


def test_converting_currencies_and_summing_may_change_places(engine: Engine, tmp_path: Path) -> None:
    """C1 has three lines a day, C2 their sum in one line: what was converted line by line is the converted sum."""
    days = (("2025-03-03", "1.0643"), ("2025-03-04", "1.0711"))
    amounts = (("100.00", "60.00", "120.00"), ("33.33", "20.01", "35.55"), ("7.77", "5.05", "7.77"))
    sums = [f"{sum(Decimal(money[place]) for money in amounts):.2f}" for place in range(3)]
    lines = [("C1", day, f"R{day}", *money, "CHF") for day, _ in days for money in amounts]
    lines += [("C2", day, f"S{day}", *sums, "CHF") for day, _ in days] + [("C3", "2025-03-03", "E", "1.00", "0.50", "1.00", "EUR")]
    header = ("customer_id", "date", "document_id", "amount", "cost", "list_amount", "currency")
    files = {
        "": (header, lines),
        "rates": (("date", "currency", "rate"), [(day, "CHF", rate) for day, rate in days]),
        # Two francs of a hundred and a bit are a share of the converted invoice.
        "payments": (("document_id", "invoice_date", "amount", "cash_discount"), [("S2025-03-03", "2025-03-03", sums[0], "2.00")]),
    }
    inputs = []
    for name, (head, rows) in files.items():
        path = tmp_path / f"{name or 'lines'}.csv"
        path.write_text("\n".join(",".join(row) for row in (head, *rows)) + "\n", encoding="utf-8")
        inputs.append(Input(path, Wanted(), table=name))
    for name in ("ledger_lines", "booked", *(f"ledger_{table}" for table in sources.tables())):
        engine.drop(name)
    settings = settings_with({})
    sort_lines(engine, load(engine, inputs, settings, scratch=tmp_path, progress=Progress()).files, settings)
    engine.view("ledger_lines", "tables/transactions.sql")
    contribution.open_steps(engine, None, None, UNTIL, has_tables=True)
    one, two = (engine.rows("value/contribution/lines_of.sql", customer=customer, year=2025) for customer in ("C1", "C2"))
    for place, name in ((1, "goods"), (2, "gross")):
        exact = sum(Decimal(sums[place]) * Decimal(rate) for _, rate in days)
        for lines_behind in (one, two):
            found = sum(line["amount"] for line in lines_behind if line["figure"] == name)
            # Each converted line is kept to six places.
            assert abs(found - exact) <= len(lines_behind) * Decimal("0.0000005")
    assert [line["amount"] for line in two if line["figure"] == "cash_discount"] == [2 * Decimal("1.0643")]


# Single rules


def test_free_goods_are_a_concession_at_list_price_or_at_what_a_piece_usually_costs(book: Callable[..., list[Row]]) -> None:
    lines = [
        # In 2025 a piece of A costs 12 at list price, in 2024 it cost 10; B was sold in 2024 alone, Z never.
        ("C2", "2025-02-03", "R1", "A", 10, "108.00", "60.00", "120.00", ""),
        ("C2", "2024-02-03", "R2", "A", 5, "45.00", "30.00", "", "5.00"),
        ("C2", "2024-02-03", "R2", "B", 4, "80.00", "40.00", "", ""),
        ("C1", "2025-03-03", "R3", "A", 1, "10.00", "6.00", "12.00", ""),
        ("C1", "2025-03-03", "R3", "A", 2, "0.00", "12.00", "25.00", ""),
        ("C1", "2025-03-03", "R3", "A", 3, "0.00", "18.00", "", ""),
        ("C1", "2025-03-03", "R3", "A", 1, "0.00", "6.00", "", "9.00"),
        ("C1", "2025-03-03", "R3", "B", 2, "0.00", "20.00", "", "0.00"),
        ("C1", "2025-03-03", "R3", "Z", 1, "0.00", "1.00", "", ""),
        ("C1", "2025-03-03", "R3", "FRACHT", 1, "0.00", "0.00", "", ""),
    ]
    row = next(row for row in book(lines) if row["customer_id"] == "C1")
    assert (row["revenue"], row["goods"], row["db1"]) == (10, 63, -53)
    # Of the line sold 2; of those given 25 by its list price, 3 x 12, 9 by its discount, and 2 x 20.
    assert row["discount"] == 2 + 25 + 36 + 9 + 40
    assert row["gross"] == row["discount"] + row["revenue"]


def test_free_goods_that_come_back_leave_no_trace(book: Callable[..., list[Row]]) -> None:
    paid = ("C1", "2025-03-03", "R1", "A", 1, "10.00", "6.00", "12.00", "")
    given = [("C1", "2025-03-04", f"R{number}", "A", number, "0.00", f"{6 * number}", "", "") for number in (3, -3)]
    assert total(book([paid, *given]), "gross", "discount", "db1") == total(book([paid]), "gross", "discount", "db1")


@pytest.mark.parametrize("name", presets.names())
def test_each_driver_of_a_preset_has_its_rate_in_its_stage_and_is_marked_as_assumed(book: Callable[..., list[Row]], name: str) -> None:
    drivers = presets.load(name).drivers
    activities = [("C1", driver.words[0].capitalize(), "2025-03-03", 3) for driver in drivers]
    (row,) = book([LINE], preset=name, activities=activities)
    for stage in presets.STAGES:
        assert row[stage] == sum(3 * driver.rate for driver in drivers if driver.stage == stage) > 0
    assert row["assumed"] == sum(3 * driver.rate for driver in drivers)
    assert row["db4"] == row["db1"] - row["assumed"]


def test_what_a_customer_asks_of_each_delivery_costs_with_each_delivery(book: Callable[..., list[Row]]) -> None:
    """R78: technical traits lower contribution IV, and nothing else."""
    activities = [("C1", "Lieferung", "2025-03-03", 4), ("C1", "Auftrag", "2025-03-03", 2)]
    rates = [("Lieferung", 42, "logistics", ""), ("Auftrag", 35, "sales", ""), ("Hebebühne", "12.50", "logistics", "")]

    def steps(requirements: str) -> dict[str, Decimal]:
        return total(book([LINE], activities=activities, activity_rates=rates, customers=[("C1", "Eins", requirements)]), "db3", "db4")

    plain, lifted = steps(""), steps("Hebebühne; hebebühne, Zaubertür")
    assert lifted["db3"] == plain["db3"]
    assert lifted["db4"] == plain["db4"] - 4 * Decimal("12.50")


@pytest.mark.parametrize("product", ["BONUS", "Rückvergütung", "Kick-back 2025", "annual rebate", "Boni"])
def test_bonus_and_kickback_are_told_by_their_words(product: str, engine: Engine) -> None:
    engine.script("value/contribution/macros.sql")
    engine.load("named", {"product_id": [product], "product_group": [""], "is_non_product": [True]})
    assert engine._connection.sql("select is_bonus(product_id, product_group, is_non_product) from named").fetchall() == [(True,)]  # type: ignore[attr-defined]


LINE = ("C1", "2025-03-03", "R1", "A", 1, "100.00", "60.00", "100.00", "")


def test_list_price_discount_and_bonus_are_told_apart(book: Callable[..., list[Row]]) -> None:
    lines = [
        ("C1", "2025-03-03", "R1", "A", 1, "90.00", "60.00", "100.00", "10.00"),
        ("C1", "2025-03-03", "R1", "B", 1, "45.00", "30.00", "", "5.00"),
        ("C1", "2025-03-03", "R1", "FREE", 1, "0.00", "4.00", "9.00", ""),
        ("C1", "2025-03-05", "G1", "A", -1, "-90.00", "-24.00", "-100.00", "-10.00"),
        ("C1", "2025-03-03", "R1", "FRACHT", 1, "7.00", "7.00", "", ""),
        ("C1", "2025-12-31", "B1", "BONUS", -1, "-3.00", "", "", ""),
    ]
    (row,) = book(lines)
    assert (row["gross"], row["discount"], row["bonus"], row["revenue"]) == (66, 14, 3, 49)
    assert row["goods"] == 77
    # What came back had brought 90 and was worth 24 again.
    assert (row["return_cost"], row["returns"]) == (66, 1)
    assert row["estimated"] == 0


def test_lines_without_cost_take_the_margin_of_their_product_and_are_marked(book: Callable[..., list[Row]]) -> None:
    lines = [LINE, ("C2", "2025-03-03", "R2", "A", 1, "50.00", "", "", ""), ("C2", "2025-03-03", "R2", "Z", 1, "10.00", "", "", "")]
    one, two = book(lines, margin=0.25)
    assert (one["db1"], one["estimated"]) == (40, 0)
    assert (two["db1"], two["estimated"]) == (Decimal("22.50"), Decimal("22.50"))


def test_without_cost_to_serve_the_scheme_ends_at_the_first_contribution(book: Callable[..., list[Row]]) -> None:
    (row,) = book([LINE])
    assert row["db1"] == 40
    assert [row[name] for name in contribution.SERVED] == [None] * len(contribution.SERVED)


def test_a_rate_holds_from_its_day_on_and_a_preset_fills_what_is_missing(book: Callable[..., list[Row]]) -> None:
    activities = [("C1", driver, day, 2) for driver in (" besuch", "Anruf", "Zauber") for day in ("2024-06-30", "2025-06-30")]
    rates = [("Besuch", 100, "sales", "2025-01-01"), ("Besuch", 130, "sales", "2026-01-01")]
    early, late = book([("C1", "2024-01-05", *LINE[2:]), LINE], preset="wholesale", activities=activities, activity_rates=rates)
    # Before the first own rate a visit costs what the preset assumes: 180; a call 14 throughout; nothing is known of magic.
    assert (early["sales"], early["assumed"]) == (388, 388)
    assert (late["sales"], late["assumed"]) == (228, 28)


def test_a_driver_without_a_rate_is_told_with_its_units(book: Callable[..., list[Row]], engine: Engine) -> None:
    book(
        [LINE],
        activities=[("C1", "Zauber", "2025-06-30", 3), ("C1", "Besuch", "2025-06-30", 1)],
        activity_rates=[("Besuch", 100, "sales", "")],
    )
    drivers = engine.rows("value/contribution/drivers.sql")
    assert [(row["driver"], row["units"], row["amount"]) for row in drivers] == [("Besuch", 1, 100), ("Zauber", 3, None)]
    (notice,) = contribution._notices((), drivers, may_be_twice=False)
    assert str(notice).startswith("No rate is known for Zauber: their cost (3 units) is missing")


def test_a_cash_discount_of_a_gross_payment_counts_net(book: Callable[..., list[Row]]) -> None:
    (row,) = book([LINE], payments=[("R1", "", "2025-03-03", "2025-03-10", "119.00", "2.38")])
    assert (row["cash_discount"], row["net"], row["db1"]) == (2, 98, 38)


def test_what_came_after_the_as_of_day_is_not_known(book: Callable[..., list[Row]]) -> None:
    day = date(2025, 3, 5)
    lines = [LINE, ("C1", "2025-03-09", "R2", "A", 1, "50.00", "30.00", "50.00", "")]
    activities = [("C1", "Besuch", when, 1) for when in ("2025-03-04", "2025-03-06")]
    payments = [("R1", "C1", "2025-03-03", "2025-03-10", "100.00", "2.00")]
    rates = [("Besuch", 10, "sales", "")]
    late = book(lines, until=day, activities=activities, activity_rates=rates, payments=payments)
    cut = book(lines[:1], until=day, activities=activities[:1], activity_rates=rates)
    assert late == cut
    assert late[0]["db4"] == 30


def test_cost_of_a_customer_without_sales_is_his_own_and_that_of_a_stranger_is_nobodys(book: Callable[..., list[Row]]) -> None:
    rows = book(
        [LINE],
        customers=[("C1", "Eins", ""), ("C9", "Neun", "")],
        activities=[(customer, "Besuch", "2025-06-30", 1) for customer in ("C1", "C9", "C77")],
        activity_rates=[("Besuch", 100, "sales", "")],
    )
    assert [(row["customer_id"], row["unallocated"], row["db4"]) for row in rows] == [
        ("C1", None, -60), ("C9", None, -100), ("C77", "unknown_customer", -100),
    ]  # fmt: skip


def test_parts_of_cents_are_handed_out_so_that_sums_hold(book: Callable[..., list[Row]]) -> None:
    lines = [
        (f"C{number}", f"{year}-03-03", f"R{number}-{year}", "A", 1, "0.335", "0.111", "", "")
        for number in range(7)
        for year in (2024, 2025)
    ]
    rows = book(lines)
    assert total(rows, "revenue", "goods") == {"revenue": Decimal("4.69"), "goods": Decimal("1.55")}
    for number in range(7):
        own = [row["revenue"] for row in rows if row["customer_id"] == f"C{number}"]
        assert sum(own) == Decimal("0.67")
