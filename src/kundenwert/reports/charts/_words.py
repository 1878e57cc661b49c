"""What a measured column is called in a sentence. Languages bend words, so each use has a wording of its own."""

from __future__ import annotations

from dataclasses import dataclass

from kundenwert.reports.language import Language


@dataclass(frozen=True)
class Measure:
    """A column as a noun, as "of the ..." and as "Share of ..."."""

    noun: str
    of: str
    share: str


def measure(name: str, language: Language) -> Measure:
    """The everyday words for the column a concentration was taken from; they follow the yardstick by following the column."""
    text = language.text
    words = {
        "value": Measure(text("customer value"), text("of the customer value"), text("Share of customer value")),
        "clv": Measure(text("expected value"), text("of the expected value"), text("Share of expected value")),
        "past": Measure(text("value so far"), text("of the value so far"), text("Share of value so far")),
        "revenue": Measure(text("revenue so far"), text("of the revenue so far"), text("Share of revenue so far")),
        "expected_revenue": Measure(text("expected revenue"), text("of the expected revenue"), text("Share of expected revenue")),
        "expected_purchases": Measure(text("expected purchases"), text("of the expected purchases"), text("Share of expected purchases")),
        "db1": Measure(text("contribution I"), text("of contribution I"), text("Share of contribution I")),
        "db4": Measure(text("contribution IV"), text("of contribution IV"), text("Share of contribution IV")),
    }
    return words.get(name) or Measure(name, text("of {name}", name=name), text("Share of {name}", name=name))


_MODELS = {
    "bg_nbd": "BG/NBD",
    "mbg_nbd": "MBG/NBD",
    "pareto_nbd": "Pareto/NBD",
    "nbd": "NBD",
    "gamma_gamma": "Gamma-Gamma",
    "gamma_poisson": "Gamma-Poisson",
}


MIXTURES = ("stacking", "stacked")


def forecast_name(name: str, language: Language) -> str:
    """A model by the name of its paper, a remedy and a naive rule by what it does. `mbg_nbd+season` is a model with a remedy."""
    text = language.text
    plain = {
        **_MODELS,
        "recent_rate": text("rate of the last twelve months"),
        "average_customer": text("average customer"),
        "last_period": text("last period again"),
        "own_rate": text("own rate carried on"),
        "active_window": text("rate while active"),
        **dict.fromkeys(MIXTURES, text("mixture of models")),
    }
    remedies = {"season": text("with season"), "old_customers": text("with old customers apart")}
    first, *more = name.split("+")
    return " ".join((plain.get(first, first), *(remedies.get(each, each) for each in more)))


def quoted(name: str, language: Language) -> str:
    """The same inside a sentence: models bear names, rules are quoted."""
    shown = forecast_name(name, language)
    return shown if name.split("+")[0] in _MODELS else language.text("“{name}”", name=shown)


STAGES = ("acquisition", "development", "retention", "win_back")


def nine_names(language: Language) -> dict[tuple[int, int], tuple[str, str]]:
    """Attractiveness and position of each of nine fields, by row and column from low to high."""
    text = language.text
    rows, columns = (text("low"), text("middle"), text("high")), (text("weak"), text("medium"), text("strong"))
    return {(row, column): (rows[row], columns[column]) for row in range(3) for column in range(3)}


def strategies(language: Language) -> dict[tuple[int, int], str]:
    """The norm strategy of each of nine fields."""
    text = language.text
    return {
        (0, 0): text("Withdraw."),
        (0, 1): text("Harvest."),
        (0, 2): text("Harvest, hold with low effort."),
        (1, 0): text("Withdraw selectively."),
        (1, 1): text("Earn selectively, keep."),
        (1, 2): text("Extend selectively, earn."),
        (2, 0): text("Invest selectively or exit."),
        (2, 1): text("Invest selectively to extend."),
        (2, 2): text("Invest, secure."),
    }


def measure_names(language: Language) -> dict[str, str]:
    """Short names of the measures of value, for headings."""
    text = language.text
    return {
        "revenue": text("Revenue"),
        "db1": text("Contribution I"),
        "db2": text("Contribution II"),
        "db3": text("Contribution III"),
        "db4": text("Contribution IV"),
        "past": text("Value so far"),
        "clv": text("Expected value"),
        "value": text("Customer value"),
        "rfm": text("RFM points"),
        "score": text("Score"),
        "potential": text("Potential"),
    }
