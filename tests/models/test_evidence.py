"""Forecasts held against what came: simulated customers whose ways are known, and small cases by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kundenwert.models.baselines import Spread
from kundenwert.models.evidence import beyond, fitting, money, totals
from kundenwert.models.evidence.candidates import Candidates, baselines, models
from kundenwert.models.evidence.choice import Evidence, choose, draws_of, everywhere
from kundenwert.models.evidence.judgement import Judgement
from kundenwert.models.evidence.known import Known, Paid
from kundenwert.models.evidence.made import by_fit, by_rule, scored, spread_of_counts
from kundenwert.models.evidence.totals import LevelError
from kundenwert.models.purchases.bg_nbd import BgNbd
from kundenwert.models.purchases.mbg_nbd import MbgNbd
from kundenwert.models.purchases.nbd import Nbd
from kundenwert.models.purchases.pareto_nbd import ParetoNbd
from kundenwert.models.spend.gamma_gamma import GammaGamma
from kundenwert.records import Calendar, Histories, SpendHistories

CALENDAR = Calendar(20_000, 19_400, np.array([19_400, 20_001]), np.array([100]))
TRUTH = {"r": 0.8, "alpha": 40.0, "a": 0.8, "b": 2.5}
DAYS = 120.0
# Amounts: p, q, v of the way they are drawn.
AMOUNTS = (6.0, 4.0, 15.0)


def customers(n, seed, *, span=(100, 500)):
    """Columns of customers of a BG/NBD shop who are known on one day, and what they buy in the next DAYS."""
    rng = np.random.default_rng(seed)
    t = rng.integers(*span, n)
    rate, goes = rng.gamma(TRUTH["r"], 1 / TRUTH["alpha"], n), rng.beta(TRUTH["a"], TRUTH["b"], n)
    frequency, recency, actual = (np.zeros(n, dtype=np.int64) for _ in range(3))
    clock, alive = np.zeros(n), np.ones(n, dtype=bool)
    while alive.any():
        clock += rng.exponential(1 / rate)
        before, after = alive & (clock <= t), alive & (clock > t) & (clock <= t + DAYS)
        frequency += before
        recency = np.where(before, np.floor(clock), recency).astype(np.int64)
        actual += after
        alive &= (clock <= t + DAYS) & (rng.random(n) > goes)
    recent = np.where((frequency > 0) & (t - recency < DAYS), 1, 0)
    return {"frequency": frequency, "recency": recency, "t": t, "recent": recent, "actual": actual, "group": np.arange(n) % 1000}


def spenders(columns, seed, *, first_too=True):
    """The money of these customers; the first purchase is drawn like the others, or has nothing to do with them."""
    rng, n = np.random.default_rng(seed), len(columns["t"])
    p, q, v = AMOUNTS
    rate = rng.gamma(q, 1 / v, n)

    def amounts(days, own):
        return np.where(days > 0, rng.gamma(p * np.maximum(days, 1)) / own, 0.0)

    later = amounts(columns["actual"], rate)
    return Paid(
        who=np.arange(n),
        spend_days=columns["frequency"],
        spend=amounts(columns["frequency"], rate),
        first_amount=amounts(np.ones(n), rate if first_too else rng.gamma(q, 1 / v, n)),
        later_days=columns["actual"],
        later_spend=later,
        revenue=later,
        return_share=0.0,
    )


@pytest.fixture(scope="module")
def shop():
    columns = customers(4_000, 1)
    return Known.of(columns, DAYS, CALENDAR, spenders(columns, 2))


@pytest.fixture(scope="module")
def evidence():
    """Three origins of one shop, the latest first; windows of origins two steps apart do not overlap."""
    found = []
    for k in range(3):
        columns = customers(1_500, 10 + k)
        known = Known.of(columns, DAYS, CALENDAR, spenders(columns, 20 + k))
        spread = Spread(0.1, 0.5)
        made = {rule.name: by_rule(rule, known, spread) for rule in baselines()}
        made |= {
            model.name: by_fit(model.fit(known.histories), known, name=model.name, kind="model") for model in (Nbd(), BgNbd(), MbgNbd())
        }
        origin = 20_000 - 60 * k
        found.append(Evidence(origin, origin + 120, known, made))
    return found


# ---- customers, rows and entries --------------------------------------------------------------------------------------


@pytest.mark.parametrize("wide", [1, 10**6])
def test_rows_and_entries_stand_for_all_customers(wide):
    rng = np.random.default_rng(4)
    names = ("frequency", "recency", "t", "recent", "actual")
    columns = {name: rng.integers(0, 3, 500) * (wide if name != "actual" else 1) for name in names}
    columns["group"] = np.arange(500) % 7
    known = Known.of(columns, 10.0, CALENDAR)
    h = known.seen.histories
    rows = list(zip(h.frequency, h.recency, h.T, known.seen.recent, strict=True))
    assert len(set(rows)) == len(rows)
    for who in (0, 100, 499):
        row = known.row[known.entry[who]]
        assert rows[row] == tuple(columns[name][who] for name in names[:4])
        assert known.actual[known.entry[who]] == columns["actual"][who]
    assert (known.customers, known.histories.customers, h.customers) == (500, 500, 500)
    assert known.purchases == columns["actual"].sum()
    assert known.group_sums(known.actual.astype(float)).sum() == known.purchases
    assert known.group_sizes[:7].tolist() == np.bincount(columns["group"]).tolist()


def test_histories_of_models_do_not_know_the_last_period(shop):
    h = shop.histories
    keys = set(zip(h.frequency, h.recency, h.T, strict=True))
    assert len(keys) == len(h) <= len(shop.seen.histories)
    assert (h.frequency[shop.history] == shop.seen.histories.frequency[shop.row]).all()
    assert (h.T[shop.history] == shop.seen.histories.T[shop.row]).all()


# ---- forecasts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [BgNbd(), MbgNbd(), ParetoNbd(), Nbd()], ids=lambda one: one.name)
def test_scores_by_pairs_are_those_of_whole_distributions(shop, model, monkeypatch):
    fit = model.fit(shop.histories)
    fast = by_fit(fit, shop, name=model.name, kind="model")
    monkeypatch.setattr("kundenwert.models.evidence.made._is_plain", lambda fit: False)
    slow = by_fit(fit, shop, name=model.name, kind="model")
    assert fast.log_score == pytest.approx(slow.log_score, abs=1e-6)
    assert fast.means == pytest.approx(slow.means, abs=1e-6)
    assert (fast.point == slow.point).all()


def test_the_true_model_is_nominal_and_chosen(evidence):
    names = ["average_customer", "own_rate", "bg_nbd"]
    found = choose(evidence, names, {"bg_nbd": "model", "own_rate": "baseline", "average_customer": "baseline"}, draws_of(evidence))
    assert (found.chosen, found.best_model) == ("bg_nbd", "bg_nbd")
    together = scored([(one.known, one.made["bg_nbd"]) for one in evidence])
    assert [level.pit for level in together.levels] == pytest.approx([0.5, 0.8, 0.9], abs=0.03)
    assert together.bias == pytest.approx(0, abs=0.1)
    assert max(together.pit) < 0.07


def test_a_naive_rule_that_is_best_leaves_a_best_model_for_values(evidence):
    worse = [
        replace(one, made={**one.made, "own_rate": replace(one.made["own_rate"], sums=one.made["bg_nbd"].sums + 1)}) for one in evidence
    ]
    kinds = {name: made.kind for name, made in worse[0].made.items()}
    found = choose(worse, everywhere(worse), kinds, draws_of(worse))
    assert (found.chosen, found.best_model) == ("own_rate", "bg_nbd")
    assert found.verdict.startswith("No model beats the naive forecast own_rate")


def test_without_naive_rules_a_model_is_chosen_all_the_same(evidence):
    found = choose(evidence, ["nbd", "bg_nbd"], {"nbd": "model", "bg_nbd": "model"}, draws_of(evidence))
    assert found.chosen == "bg_nbd"
    assert "is chosen" in found.verdict


def test_variances_of_counts_are_those_of_what_is_drawn(shop):
    made = by_fit(BgNbd().fit(shop.histories), shop, name="bg_nbd", kind="model")
    variance = spread_of_counts(made, shop)
    error = (shop.actual - made.point[shop.row]) ** 2
    assert float(variance[shop.row] @ shop.count) == pytest.approx(float(error @ shop.count), rel=0.15)


def test_candidates_are_the_plug_ins_of_their_rooms():
    found = Candidates.all()
    assert found.baselines[0].name == "average_customer"
    assert {one.name for one in found.models} == {one.name for one in models()} >= {"nbd", "bg_nbd", "mbg_nbd", "pareto_nbd"}
    assert found.stacking


# ---- fits -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [BgNbd(), ParetoNbd()], ids=lambda one: one.name)
def test_a_fit_with_few_looks_at_everybody_is_that_of_everybody(shop, model, monkeypatch):
    whole = model.fit(shop.histories)
    monkeypatch.setattr(fitting, "_DIRECT", 500)
    monkeypatch.setattr(fitting, "_SAMPLE", 2_000)
    found = fitting.fit_at(model, shop.histories)
    assert found.customers == shop.customers
    assert found.log_likelihood == pytest.approx(whole.log_likelihood, abs=0.05)


def test_a_sample_that_cannot_be_fitted_leaves_it_to_all(monkeypatch):
    monkeypatch.setattr(fitting, "_DIRECT", 1)
    monkeypatch.setattr(fitting, "_SAMPLE", 2)
    h = Histories(np.array([0, 1, 2]), np.array([0.0, 5.0, 20.0]), np.array([40.0, 40.0, 41.0]), np.array([900, 4, 3]))
    assert fitting.fit_at(BgNbd(), h) == BgNbd().fit(h)


def test_the_total_varies_by_the_parameters_as_under_draws(shop):
    fit = BgNbd().fit(shop.histories)
    found = fitting.log_variance_by_parameters(fit, shop)
    ahead = fitting.Horizons(DAYS, DAYS, 0.0)
    drawn = [one.forecast_histories(shop.histories, ahead).expected_purchases @ shop.histories.count for one in fit.drawn(150)]
    assert np.sqrt(found) == pytest.approx(np.std(np.log(drawn)), rel=0.25)
    assert fitting.log_variance_by_parameters(object(), shop) == 0


# ---- money ------------------------------------------------------------------------------------------------------------


def test_a_way_expects_what_the_spend_model_expects(shop):
    paid = shop.paid
    way = money.ways(paid)["gamma_gamma"]
    p = {"p": way.p, "q": way.q, "v": way.v}
    mean = np.where(paid.spend_days > 0, paid.spend / np.maximum(paid.spend_days, 1), 0.0)
    assert way.expected(paid) == pytest.approx(GammaGamma().expected_spend(p, paid.spend_days, mean))
    first = replace(way, name="gamma_gamma+first")
    both = SpendHistories(paid.spend_days + 1, (paid.spend + paid.first_amount) / (paid.spend_days + 1), paid.who + 1, 0.0 * paid.spend)
    assert first.expected(paid) == pytest.approx(GammaGamma().expected_spend(p, both.spend_days, both.mean))


def test_the_density_of_later_spend_is_one_and_that_of_two_likelihoods():
    way = money.Way("gamma_gamma", 6.0, 4.0, 15.0, 3.0)
    amounts = np.linspace(0.01, 4_000, 400_001)
    one = np.ones(len(amounts))
    paid = Paid(np.arange(len(one)), (2 * one).astype(int), 60 * one, 0 * one, (3 * one).astype(int), amounts, amounts, 0.0)
    density = np.exp(way.log_density(paid, amounts > 0))
    assert np.trapezoid(density, amounts) == pytest.approx(1, abs=1e-3)
    assert np.trapezoid(density * amounts, amounts) == pytest.approx(3 * way.expected(paid)[0], rel=2e-2)


def test_the_first_purchase_counts_where_it_is_like_the_others(evidence):
    alike = [money.Amounts.of(one.known, one.known.paid) for one in evidence]
    found = money.choose_way(alike, draws_of(evidence))
    assert found.chosen == "gamma_gamma+first"
    assert "the first one counted" in found.sentence
    assert found.customers == sum(int((one.known.paid.later_days > 0).sum()) for one in evidence)


def test_the_first_purchase_is_left_out_where_it_is_unlike_the_others():
    columns = customers(4_000, 3)
    known = Known.of(columns, DAYS, CALENDAR, spenders(columns, 5, first_too=False))
    one = Evidence(20_000, 20_120, known, {})
    found = money.choose_way([money.Amounts.of(known, known.paid)], draws_of([one]))
    assert found.chosen == "gamma_gamma"
    assert [entry.name for entry in found.scores] == list(money.WAYS)


def test_nobody_who_bought_again_tells_no_way(shop):
    nobody = replace(shop.paid, later_days=0 * shop.paid.later_days, later_spend=0 * shop.paid.later_spend)
    one = Evidence(20_000, 20_120, shop, {})
    assert money.choose_way([money.Amounts.of(shop, nobody)], draws_of([one])) is None


def test_intervals_of_revenue_hold_what_they_should(shop):
    made = by_fit(BgNbd().fit(shop.histories), shop, name="bg_nbd", kind="model")
    way = money.ways(shop.paid)["gamma_gamma"]
    for level in money.as_levels(money.levels_of(made, shop, shop.paid, way)):
        assert level.pit == pytest.approx(level.level, abs=0.03)
        assert level.held == pytest.approx(level.expected, abs=0.03)


def test_revenue_is_purchases_times_amounts_less_returns(shop):
    made = by_fit(BgNbd().fit(shop.histories), shop, name="bg_nbd", kind="model")
    way, paid = money.ways(shop.paid)["gamma_gamma"], replace(shop.paid, return_share=0.25)
    found = money.revenue_of(made, shop, paid, way)
    assert found == pytest.approx(0.75 * money.revenue_of(made, shop, shop.paid, way))
    assert found.sum() == pytest.approx(0.75 * shop.paid.revenue.sum(), rel=0.15)


# ---- totals -----------------------------------------------------------------------------------------------------------


def test_totals_of_revenue_spread_as_they_do(shop):
    made = by_fit(BgNbd().fit(shop.histories), shop, name="bg_nbd", kind="model")
    way = money.ways(shop.paid)["gamma_gamma"]
    found = totals.totals_of(made, shop, way)
    error = (shop.paid.revenue - money.revenue_of(made, shop, shop.paid, way)) ** 2
    assert found["revenue"].variance == pytest.approx(float(error.sum()), rel=0.2)
    assert found["purchases"].actual == shop.purchases


def test_intervals_of_totals_use_ended_windows_only(evidence):
    found = Judgement(evidence, 1, LevelError(0.5, 2.0)).totals
    by_origin = {}
    for one in found:
        by_origin.setdefault(one.origin, []).append(one.forecast)
    widths = {origin: {one.measure: (one.level_error, one.origins) for one in forecasts} for origin, forecasts in by_origin.items()}
    latest, *earlier = sorted(widths, reverse=True)
    assert all(widths[origin]["purchases"] == (0.25, 0) for origin in earlier)
    assert widths[latest]["purchases"][1] == 1
    assert widths[latest]["purchases"][0] < 0.25
    assert Judgement(evidence[:1], 1).totals == ()


# ---- beyond plain models ----------------------------------------------------------------------------------------------


def test_a_mixture_learns_its_weights_from_ended_windows(evidence):
    copies = [replace(one, made=dict(one.made)) for one in evidence]
    today = beyond.add_stacking(copies)
    assert sum(today.values()) == pytest.approx(1)
    assert set(today) <= {"nbd", "bg_nbd", "mbg_nbd"}
    # The two earlier origins know of no ended window: the models that let customers leave weigh the same.
    assert [copies[k].made["stacking"].fit.weights for k in (1, 2)] == [(0.5, 0.5)] * 2
    learned = beyond.weights_of(copies[2:], ["nbd", "bg_nbd", "mbg_nbd"])
    assert copies[0].made["stacking"].fit.weights == pytest.approx(tuple(learned.values()))
    for one in copies[1:]:
        chances = [np.exp(one.made[name].log_score) for name in ("bg_nbd", "mbg_nbd")]
        assert np.exp(one.made["stacking"].log_score) == pytest.approx(np.mean(chances, axis=0), rel=1e-6)
    best = max(float(one.made["bg_nbd"].sums.sum()) for one in copies[:1])
    assert float(copies[0].made["stacking"].sums.sum()) > best - 20


def test_one_origin_teaches_no_weights(evidence):
    one = replace(evidence[0], made=dict(evidence[0].made))
    assert beyond.add_stacking([one]) == {}
    assert "stacking" not in one.made


class Doubling:
    """A remedy that fits as the plain model does; from some origins it cannot be tried."""

    name = "doubling"

    def __init__(self, least=0):
        self.least = least

    def applies(self, histories, calendar):
        return "" if histories.customers >= self.least else "Too few."

    def fits(self, model):
        return model.name == "bg_nbd"

    def fit(self, model, histories, calendar, unit_days):
        return model.fit(histories, unit_days=unit_days)


def test_a_remedy_is_put_on_the_best_model_it_can_help(evidence):
    copies = [replace(one, made=dict(one.made)) for one in evidence]
    unusable = {}
    beyond.add_remedies(copies, Candidates((), (Nbd(), BgNbd(), MbgNbd()), (Doubling(),)), unusable)
    assert unusable == {}
    for one in copies:
        assert one.made["bg_nbd+doubling"].log_score == pytest.approx(one.made["bg_nbd"].log_score)
        assert one.made["bg_nbd+doubling"].kind == "remedy"


def test_a_remedy_that_cannot_be_tried_today_is_passed_over(evidence):
    copies = [replace(one, made=dict(one.made)) for one in evidence]
    unusable = {}
    beyond.add_remedies(copies, Candidates((), (BgNbd(),), (Doubling(least=10_000),)), unusable)
    assert (unusable, "bg_nbd+doubling" in copies[0].made) == ({}, False)


def test_a_remedy_that_could_not_be_tried_earlier_is_told(evidence):
    columns = customers(300, 5)
    small = Known.of(columns, DAYS, CALENDAR)
    made = {"bg_nbd": by_fit(BgNbd().fit(small.histories), small, name="bg_nbd", kind="model")}
    copies = [replace(evidence[0], made=dict(evidence[0].made)), Evidence(19_000, 19_120, small, made)]
    unusable = {}
    beyond.add_remedies(copies, Candidates((), (BgNbd(),), (Doubling(least=1_000),)), unusable)
    assert unusable == {"bg_nbd+doubling": "2022-01-08: Too few."}


def test_a_remedy_needs_two_origins_and_is_compared_where_it_was_made(evidence):
    copies = [replace(one, made=dict(one.made)) for one in evidence]
    better = replace(copies[0].made["bg_nbd"], name="bg_nbd+doubling", kind="remedy")
    copies[0].made["bg_nbd+doubling"] = replace(better, sums=better.sums + 0.1 * copies[0].known.group_sizes)
    assert "bg_nbd+doubling" not in Judgement(copies, 1).names
    second = replace(copies[1].made["bg_nbd"], name="bg_nbd+doubling", kind="remedy")
    copies[1].made["bg_nbd+doubling"] = replace(second, sums=second.sums + 0.1 * copies[1].known.group_sizes)
    found = Judgement(copies, 1)
    assert (found.choice.chosen, found.choice.best_model) == ("bg_nbd+doubling", "bg_nbd+doubling")
    decided = next(one for one in found.choice.comparisons if one.name == "bg_nbd+doubling")
    assert (decided.difference, decided.origins) == (pytest.approx(0.1), 2)
    assert next(one for one in found.pooled if one.name == "bg_nbd+doubling").origins == 2
    assert len(found.log_errors["purchases"]) == 2
    # A customer-weighted verdict at the origins without it needs no such forecast.
    assert {total.name for total in found.totals} <= set(found.names)


def test_a_name_is_fitted_anew(shop):
    assert beyond.fit_named("bg_nbd", {}, shop.histories, CALENDAR).parameters == BgNbd().fit(shop.histories).parameters
    mixed = beyond.fit_named("stacking", {"bg_nbd": 0.7, "mbg_nbd": 0.3}, shop.histories, CALENDAR)
    assert mixed.weights == pytest.approx((0.7, 0.3))
