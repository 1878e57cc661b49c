"""kundenwert backtest: the tables, the verdict, and what programs read."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from cli_help import Call, english, project

from kundenwert import registry
from kundenwert.flows.metrics import TITLES
from kundenwert.models.evidence import candidates
from kundenwert.records import Notice
from kundenwert.records.metrics import Estimate, MetricComparison, MetricsAt, MetricsCompared, MetricScore


@pytest.fixture(autouse=True)
def one_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fits take longer than all the rest, and it is not they that are tested here."""
    monkeypatch.setattr(candidates, "models", lambda: [registry.load("models.purchases", "bg_nbd")()])


@pytest.fixture
def shop(folder: Path) -> Path:
    """140 customers over 500 days, most of whom stop after a while."""
    first = date(2023, 1, 2)
    rows = [
        (f"{who:04d}", first + timedelta(days=who % 60 + turn * (9 + who % 23)), 10.0 + turn)
        for who in range(1, 141)
        for turn in range(1 + who * 7 % 15)
        if who % 60 + turn * (9 + who % 23) < 500
    ]
    (folder / "sales.csv").write_text(english([*rows, ("0001", first + timedelta(days=500), 9.0)]), encoding="utf-8")
    return project(folder / "shop", "../sales.csv", settings='horizon = "20w"\n')


def test_the_tables_and_the_verdict_are_shown(call: Call, shop: Path) -> None:
    answer = call("backtest", shop)
    assert answer.code == 0, answer.err
    words = (
        "log score",
        "bg_nbd",
        "last_period",
        "All ",
        "90% held",
        "140 days to 2024-05-16",
        "In money:",
        "Intervals of revenue by bg_nbd",
    )
    for word in (*words, "Totals with 90% intervals known at the origin:", "Amounts are expected from"):
        assert word in answer.out
    last = answer.out.strip().splitlines()[-1]
    assert "is chosen" in last or "No model beats" in last
    assert "Forecasting from" in answer.err
    assert max(len(line) for line in answer.out.splitlines()[:-1]) < 120


def test_programs_get_everything_as_json(call: Call, shop: Path) -> None:
    answer = call("backtest", shop, "--json")
    assert (answer.code, answer.err) == (0, "")
    found = json.loads(answer.out)
    assert set(found) >= {"as_of", "days", "origins", "pooled", "comparisons", "chosen", "verdict", "notices"}
    assert {one["name"] for one in found["pooled"]} >= {"own_rate", "last_period", "average_customer", "active_window", "bg_nbd"}
    assert [level["level"] for level in found["pooled"][0]["levels"]] == [0.5, 0.8, 0.9]
    assert set(found["pooled"][0]["money"]) >= {"expected_revenue", "bias", "gini", "top_decile_value"}
    assert len(found["pooled"][0]["pit"]) == 20
    assert set(found["totals"][0]) == {"origin", "name", "forecast", "actual", "is_held"}
    assert set(found["tracking"]) == {"model", "origin", "ends", "expected", "actual"}
    assert set(found["log_errors"]) == {"purchases", "revenue"}
    assert (found["best_model"], found["sampled"]) == ("bg_nbd", None)
    assert found["spend"]["chosen"] in {"gamma_gamma", "gamma_gamma+first", "plain"}


def test_quiet_says_only_the_verdict(call: Call, shop: Path) -> None:
    answer = call("backtest", shop, "--quiet")
    assert answer.err == ""
    assert len(answer.out.splitlines()) == 1
    assert "mean log score" in answer.out


def test_an_origin_can_be_named(call: Call, shop: Path) -> None:
    found = json.loads(call("backtest", shop, "--json", "--origin", "2023-12-15", "--origin", "2023-11-01").out)
    assert [one["origin"] for one in found["origins"]] == ["2023-12-15", "2023-11-01"]
    answer = call("backtest", shop, "--origin", "2024-05-01")
    assert answer.code == 2
    assert "Origin 2024-05-01" in answer.err


def test_too_short_a_log_is_no_failure(call: Call, folder: Path) -> None:
    (folder / "sales.csv").write_text(english([("1", date(2024, 1, 1), 5.0), ("1", date(2024, 2, 1), 5.0)]), encoding="utf-8")
    answer = call("backtest", project(folder / "small", "../sales.csv"))
    assert answer.code == 0
    assert "No backtest is possible: the log has fewer than 100 customers" in answer.out


def test_a_wrong_setting_is_told_to_programs_too(call: Call, shop: Path) -> None:
    answer = call("backtest", shop, "--json", "--horizon", "soon")
    assert answer.code == 1
    assert "soon" in json.loads(answer.out)["problems"][0]["came"]


def test_it_has_help(call: Call) -> None:
    answer = call("backtest", "--help")
    assert answer.code == 0
    assert max(map(len, answer.out.splitlines())) <= 80
    assert "How good would the forecasts have been?" in answer.out


def test_measures_of_value_are_compared_in_the_language_asked_for(call: Call, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def canned(*_: object, **__: object) -> MetricsCompared:
        part = Estimate(0.5, 0.4, 0.6)
        scores = tuple(MetricScore(name, 700.0, 30, part, part, part) for name in ("revenue_year", "clv"))
        at = MetricsAt(date(2024, 1, 1), date(2024, 12, 31), 30, 3, 2_000.0, 1_400.0, scores)
        versus = MetricComparison("clv", "revenue_year", Estimate(1_234.0, 10.0, 2_000.0), 1, 1, is_better=True, is_worse=False)
        verdict = Notice("metrics_better", "{measure}: {money:,.0f}", {"measure": TITLES["clv"], "money": 1_234.0})
        titles = {name: TITLES[name] for name in ("revenue_year", "clv")}
        return MetricsCompared(at.until, "12m", 365, "db1", "EUR", titles, (at,), scores, (versus,), "clv", verdict)

    monkeypatch.setattr("kundenwert.flows.metrics.metrics_project", canned)
    german = call("backtest", shop, "--metrics")
    assert german.code == 0, german.err
    for words in ("Umsatz der letzten 12 Monate", "was noch kommt (clv): 1.234", "Rangkorrelation", "vom Besten", "besser", "+1.234"):
        assert words in german.out
    found = json.loads(call("backtest", shop, "--metrics", "--json").out)
    assert found["recommended"] in found["titles"]
    short = call("backtest", shop, "--metrics", "--quiet", "--lang", "en")
    assert short.out.strip() == found["verdict"]["text"] == "value still to come (clv): 1,234"
