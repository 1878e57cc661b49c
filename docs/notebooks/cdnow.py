# %% [markdown]
# # CDNOW, from histories to forecasts
#
# CDNOW sold music on the net. Fader and Hardie published the purchases of 2,357 customers who came first between January and March
# 1997, and nearly every paper about these models uses them. This notebook fits the models to the first 39 weeks and looks at the 39
# weeks after.
#
# The log itself is not ours to ship. A model does not need it: it sees *histories*, how many customers have bought how often, until
# when, observed for how long. These counts stand in the folder of the tests, and everything below is computed from them while the
# pages are built.

# %%
import csv
from pathlib import Path

import numpy as np

import kundenwert as kw
from kundenwert.records import Histories, Horizons, SpendHistories

ROOT = next(folder for folder in (Path.cwd(), *Path.cwd().parents) if (folder / "tests" / "golden").is_dir())


def column(name: str, title: str, kind: type) -> np.ndarray:
    """One column of a file of counts, whose first lines are remarks."""
    with (ROOT / "tests" / "golden" / name).open() as file:
        return np.array([row[title] for row in csv.DictReader(line for line in file if line[0] != "#")], dtype=float).astype(kind)


names = {"frequency": int, "recency_days": float, "T_days": float, "count": int}
histories = Histories(*(column("cdnow_purchases.csv", name, kind) for name, kind in names.items()))
print(f"{histories.customers:,} customers, {len(histories):,} distinct histories")
print(f"{(histories.frequency * histories.count).sum():,} repeat purchases")
print(f"{histories.count[histories.frequency == 0].sum():,} customers never came back")

# %% [markdown]
# With the log at hand the same is one call: `base = kw.customer_base("CDNOW_sample.txt", as_of="1997-09-30", columns=[...])`. Every
# `fit` below takes `base` in place of `histories`.
#
# ## Four models
#
# A fit takes some hundredths of a second, so there is no reason to try only one. `summary()` shows parameters in weeks.

# %%
fits = {model.name: model.fit(histories) for model in (kw.Nbd(), kw.BgNbd(), kw.MbgNbd(), kw.ParetoNbd())}
print(fits["bg_nbd"].summary())

# %%
horizon = Horizons(horizon_days=39 * 7, value_horizon_days=5 * 365.25, discount_rate=0.10)
came = 1_882  # purchases of these customers in the 39 weeks after

for name, fit in fits.items():
    expected = (fit.forecast_histories(histories, horizon).expected_purchases * histories.count).sum()
    print(f"{name:<12} log-likelihood {fit.log_likelihood:11.4f}   39 weeks: {expected:7.1f} purchases, {expected / came - 1:+.1%}")

# %% [markdown]
# NBD, in which nobody ever leaves, promises half as much again as came. The three models with leaving agree within a few percent,
# and are 12 to 16 % low. The log-likelihood says how well a model describes the past; whether it forecasts well only a
# [backtest](../method/backtest.md) says.
#
# ## One customer
#
# A customer who came 16 times in 38 weeks, the last time 8 weeks ago: still there? And what is to be expected in the coming 39
# weeks?

# %%
one = np.ones(1, dtype=np.int64)
regular = Histories(16 * one, 210.0 * one, 266.0 * one, one)

for name in ("bg_nbd", "mbg_nbd", "pareto_nbd"):
    told = fits[name].forecast_histories(regular, horizon)
    print(f"{name:<12} still a customer {told.p_alive[0]:.1%}   39 weeks {told.expected_purchases[0]:.2f}")

# %% [markdown]
# The expectation lies between two very different futures: gone, and nothing comes; or still there, and a dozen purchases come. The
# distribution says so, a single number cannot.

# %%
from kundenwert.models.future import future_counts

future = future_counts(fits["bg_nbd"], regular, horizon.horizon_days)
for n in (0, 4, 8, 12, 16, 20):
    print(f"at most {n:>2} purchases: {future.cdf(np.array([n]))[0]:6.1%}")
print(f"90 % interval: {future.quantile(0.05)[0]} to {future.quantile(0.95)[0]}")

# %% [markdown]
# The same for every customer of the base at once: the chance to be still a customer, by number of repeat purchases and by the day of
# the last one. Many purchases long ago are the surest sign of having left.

# %%
fits["pareto_nbd"].plot.p_alive_matrix(histories)

# %% [markdown]
# ## Does the model describe the past?
#
# How many customers came back how often, counted and expected.

# %%
fits["bg_nbd"].plot.frequency(histories)

# %% [markdown]
# ## How sure are the parameters?
#
# Draws from the posterior under a weak prior, as 90 % intervals. `draws.summary()` also shows how far the prior moved each parameter:
# here by less than a tenth of a standard error.

# %%
draws = fits["bg_nbd"].draws(20_000, seed=1)
for name in draws.names:
    low, high = draws.interval(name, 0.9)
    print(f"{name:<6} {low:.2f} to {high:.2f}")

# %%
fits["bg_nbd"].plot.posterior()

# %%
totals = [
    (fit.forecast_histories(histories, horizon).expected_purchases * histories.count).sum() for fit in fits["bg_nbd"].drawn(200, seed=1)
]
low, high = np.quantile(totals, [0.05, 0.95])
print(f"expected total, 90 % of the draws: {low:,.0f} to {high:,.0f}; what came: {came:,}")

# %% [markdown]
# What came lies outside. Not because the draws are wrong: they say how well *these parameters* are known, if the shop goes on as it
# did. Shops do not. That is why the interval of a total here also holds a level error, learned from earlier days of the same log:
# [what the intervals mean](../how-to/what-intervals-mean.md).
#
# ## Money
#
# The second model is about the amount of a purchase. Few purchases lean on the mean of all customers, many on the customer's own.

# %%
days, total, count = (column("cdnow_spend.csv", name, kind) for name, kind in (("spend_days", int), ("total", float), ("count", int)))
spend = kw.GammaGamma().fit(SpendHistories(days, total / days, count, np.zeros(len(days))))
print(spend.summary())

# %%
known = spend.coefficients()
for n, mean in ((0, 0.0), (1, 10.0), (10, 10.0), (1, 100.0), (10, 100.0)):
    shrunk = (known["weight"] * known["population_mean"] + known["p"] * n * mean) / (known["p"] * n + known["weight"])
    print(f"{n:>2} paid repeat purchases of {mean:6.2f} on average: {shrunk:6.2f} expected of the next")

# %% [markdown]
# ## Value
#
# Discounted purchases of five years times the expected amount, for three customers of the same age who spend 35 a time.

# %%
shapes = Histories(np.array([0, 3, 12]), np.array([0.0, 200.0, 260.0]), np.full(3, 270.0), np.ones(3, dtype=np.int64))
told = fits["bg_nbd"].forecast_histories(shapes, horizon)
paid = np.array([0, 3, 12])
amount = (known["weight"] * known["population_mean"] + known["p"] * paid * 35.0) / (known["p"] * paid + known["weight"])
for x, alive, purchases, money in zip(paid, told.p_alive, told.discounted_purchases, told.discounted_purchases * amount, strict=True):
    print(f"{x:>2} repeat purchases: still a customer {alive:6.1%}, {purchases:6.2f} discounted purchases, worth {money:8.2f}")

# %% [markdown]
# From here: `kundenwert run` does all this for a whole project, with costs and cancellations, intervals and a report: [your own
# file](../tutorial.md).
