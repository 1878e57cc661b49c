"""One customer as reports get it, invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from kundenwert.records import (
    ChangeLine,
    Course,
    DataOf,
    Document,
    Explained,
    Notice,
    Part,
    PointsOf,
    Privacy,
    Quarter,
    Reason,
    ResultStep,
    ResultTotals,
    Said,
    SourceUsed,
    ValueChange,
    WhatIf,
)

AS_OF = date(2026, 9, 30)
ROW: dict[str, Any] = {
    "customer_id": "0007",
    "first_purchase": date(2024, 1, 8),
    "last_purchase": date(2026, 9, 2),
    "frequency": 4,
    "T": 995,
    "monetary_value": Decimal("120.00"),
    "revenue": Decimal("600.00"),
    "p_alive": 0.87,
    "expected_purchases": 1.5,
    "past": Decimal("400.00"),
    "clv": Decimal("250.03"),
    "clv_lower": Decimal("100.00"),
    "clv_upper": Decimal("500.00"),
    "value": Decimal("660.03"),
    "level": "customer",
    "class": "B",
    "tier": "III",
    "stage": "retention",
    "stage_since": date(2024, 5, 1),
    "score": 6.77,
    "coverage": 0.9,
}
BASIS: dict[str, Any] = {
    "run": "2026-10-02T0915Z-4f2a",
    "as_of": "2026-09-30",
    "horizon": "12m",
    "value_horizon": "2y",
    "yardstick": "contribution",
    "currency": "EUR",
    "title": "Beispiel",
    "discount_rate": 0.1,
    "created": "2026-10-02T09:15:00Z",
    "version": "0.1.0",
    "model": "mbg_nbd",
}
PARTS = (
    Part("booked", "2024", Decimal("450.00"), 3.0),
    Part("booked", "2026", Decimal("150.00"), 2.0),
    Part("cost", "", Decimal("-200.00")),
    Part("expected", "2026-10-01/2027-09-30", Decimal("150.01"), 1.4),
    Part("expected", "2027-10-01/2028-09-29", Decimal("100.02"), 0.9),
    Part("added", "Information value", Decimal("10.00")),
)
STEPS = ("gross", "discount", "bonus", "revenue", "cash_discount", "net", "goods", "db1", "marketing", "db2", "sales", "db3", "service")


def course(**changes: Any) -> Course:
    """Nine quarters, the last one cut short by the as-of day."""
    starts = [date(2024 + place // 4, place % 4 * 3 + 1, 1) for place in range(9)]
    quarters = tuple(Quarter(start, place % 3, Decimal(100 * (place % 3)), complete=place < 8) for place, start in enumerate(starts))
    return replace(Course(quarters, "EUR", True, "12m", 60.0, 10.0, 140.0), **changes)


def points() -> tuple[PointsOf, ...]:
    """Twelve criteria, as many have; one rated by a person, one without points."""
    rated = Reason("Jana Brandt", "2026-05-01", Decimal(8), "Gespräch zum Jahresende")
    found = [
        PointsOf(f"Kriterium {place}", f"Criterion {place}", 5.0 + place / 4, "data", 0.08, Notice("points", "Neither data nor a rating."))
        for place in range(10)
    ]
    basis = Notice("points", "Rated by people ({fact_1:,.0f}): the mean of what they gave.", {"fact_1": 1.0})
    found.append(PointsOf("Sympathie", "Likeability", 8.0, "rating", 0.1, basis, (rated,)))
    return (*found, PointsOf("Bonität", "Credit", None, "missing", 0.1, Notice("points", "Neither data nor a rating.")))


def result() -> ResultTotals:
    """A year with the one before it."""
    steps = tuple(ResultStep(name, Decimal(100 - place), None) for place, name in enumerate((*STEPS, "logistics", "db4")))
    before = tuple(ResultStep(name, Decimal(90 - place), None) for place, name in enumerate((*STEPS, "logistics", "db4")))
    return ResultTotals(2025, date(2025, 1, 1), date(2025, 12, 31), "EUR", steps, before)


def change() -> ValueChange:
    """Three reasons that add up."""
    lines = (
        ChangeLine("purchases", Decimal("80.00"), Notice("bought", "Purchases since {day}: {bought}.", {"day": AS_OF, "bought": 2})),
        ChangeLine("forecast", Decimal("-15.00"), Notice("change_forecast", "Forecast reckoned anew from all customers.")),
        ChangeLine("amounts", Decimal("-4.97"), Notice("change_amounts", "Price, cost and size of purchases, corrections.")),
    )
    return ValueChange("earlier", date(2026, 6, 30), Decimal("600.00"), Decimal("660.03"), lines)


def data(**changes: Any) -> DataOf:
    """Two tables; nothing recorded under [privacy] unless given."""
    sources = (
        SourceUsed("transactions", 12, ("Kundennummer", "Nettobetrag"), (), 8, "§ 147 AO"),
        SourceUsed("customers", 1, ("Branche",), ("Name1", "PLZ"), 3, "Art. 5 GDPR"),
        SourceUsed("ratings", 2, ("Punkte",), ("Bewerter",), 3, "Art. 5 GDPR"),
    )
    address = {"name": "Muster GmbH", "street": "Weg 1", "postcode": "01234", "city": "Stadt"}
    return replace(DataOf(sources, ("gender", "age"), address=address, privacy=Privacy()), **changes)


def explained(**changes: Any) -> Explained:
    """A customer of whom everything is known."""
    day = {"day": date(2024, 5, 1)}
    gap = Notice("price_gap", "Paid {gap:,.2f} less in the last year than others for the same product groups.", {"gap": 12.0})
    said = (
        Said("rfm", "RFM", "beside", Notice("rfm", "Came by recommendation.")),
        Said("lifecycle", "Stage", "beside", Notice("stage", "Stage retention since {day}: a contract runs.", day)),
        Said("price_gap", "Price gap", "potential", gap),
    )
    bought = "A purchase now would raise the chance to be still a customer from {now:.1%} to {then:.1%}."
    visit = "One visit less would have left {amount:,.0f} more in {year}."
    what_ifs = (
        WhatIf("bought", Notice("bought", bought, {"now": 0.87, "then": 0.95})),
        WhatIf("visit", Notice("visit", visit, {"amount": 180.0, "year": "2025"})),
    )
    given: dict[str, Any] = {
        "row": ROW,
        "history": tuple(Document(date(2024, 1, 8 + place), f"R{place}", "kept", 1, Decimal("40.00")) for place in range(15)),
        "parts": PARTS,
        "basis": BASIS,
        "factors": {"return_share": 0.02},
        "course": course(),
        "said": said,
        "points": points(),
        "result": result(),
        "place": (3, 40),
        "change": change(),
        "what_ifs": what_ifs,
        "data": data(),
    }
    return Explained(**(given | changes))


def objector() -> Explained:
    """A customer who objected, as the flow gives one."""
    hidden = dict.fromkeys(("p_alive", "expected_purchases", "clv"))
    row = {
        name: ROW[name]
        for name in ("customer_id", "first_purchase", "last_purchase", "frequency", "T", "monetary_value", "revenue", "past")
    }
    return explained(
        row={**row, **hidden, "value": ROW["past"], "level": "objected"},
        parts=PARTS[:3],
        course=course(expected=None, lower=None, upper=None),
        said=(),
        points=(),
        place=None,
        change=None,
        what_ifs=(),
        data=data(objected="2026-05-04"),
    )
