"""Every problem that a reader of the web app can meet has German words, and is found again when its places are filled."""

from __future__ import annotations

import string

import problem_texts
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kundenwert.reports.language import Language
from kundenwert.reports.language.problems import Sentences, _entries, known, told

GERMAN, ENGLISH = Language("de"), Language("en")
# What no page can show, and why.
LEFT_OUT = (
    "cli/",  # the command line
    "web/backup.py",  # `kundenwert backup` and `restore`
    "web/archive.py",
    "web/serve.py",  # `kundenwert serve`, before there is a page
    "web/worker.py",
    "flows/init.py",  # `kundenwert init`
    "flows/company_files.py",  # pairs of --table and --map
    "flows/flat_sheet.py",  # `kundenwert customer`
    "errors.py",  # the texts are those of who raises them
    "sklearn.py",  # Python
    "__init__.py",
    "models/",  # arguments of models; how a fit ends is told below
    "example/",
    "stats/",
    "value/parametric/",
    "sources/frame.py",
    "flows/plots.py",
    "flows/compare_models.py",
    "flows/metrics.py",
    "flows/estimate.py",
    "flows/allocate.py",
    "flows/customer_base.py",
    "flows/origins.py",
    "reports/charts/_shown.py",
    "engines/_engine.py",  # mistakes of ours, which become a number
    "registry.py",  # the place is told where `registry.load` is called
)
# Texts that come from elsewhere as a whole: the operating system, a list of rules, readers of settings (whose texts are looked at).
FROM_ELSEWHERE = {
    "engines/duckdb.py",
    "flows/company_tables.py",
    "flows/load.py",
    "flows/plan_settings.py",
    "flows/workbook_import.py",
    "settings.py",
}
# What stands at places whose words come from another function.
AT_PLACES = {"where": "Sheet Punkte, cell B2 (K1, Image): ", "x": "line", "what": "was changed or is gone"}


def _finished(words: str) -> str:
    """A text as a flow would write it."""
    return "".join(AT_PLACES.get(piece, "Xx7") if is_place else piece for piece, is_place in problem_texts.pieces(words))


def _is_known(text: str) -> bool:
    # A text that a function finishes with its stop may be seen without, or with two.
    forms = (text.strip(), text.strip() + ".", text.strip().removesuffix("."))
    return any(known().find(one) for one in forms)


@pytest.fixture(scope="module")
def texts() -> list[problem_texts.Text]:
    return problem_texts.found(LEFT_OUT)


def test_the_source_is_searched(texts: list[problem_texts.Text]) -> None:
    seen = {problem_texts.shown(one.words) for one in texts}
    assert len(texts) > 900
    assert "No purchase is left on {as_of}: {customers} customers have nothing but cancellations or returns." in seen
    assert "{name} of the register is damaged." in seen
    assert "the steps of the customer result" in seen


def test_every_problem_has_german_words(texts: list[problem_texts.Text]) -> None:
    missing = sorted(
        {f"{one.module}: {problem_texts.shown(one.words)}" for one in texts if not one.is_place and not _is_known(_finished(one.words))}
    )
    assert missing == [], "Add them to src/kundenwert/reports/language/locale/de/LC_MESSAGES/problems.po"


def test_texts_that_come_from_elsewhere_are_few(texts: list[problem_texts.Text]) -> None:
    assert {one.module for one in texts if one.is_place} <= FROM_ELSEWHERE


def test_no_page_names_an_option_of_the_command_line() -> None:
    signs = (" --", "`kundenwert ", "--map", "--by")
    german = [f"{message} => {words}" for message, words in _entries("de").items() if any(sign in f" {words}" for sign in signs)]
    english = [message for message in _entries("de") if any(sign in f" {_entries('en').get(message, message)}" for sign in signs)]
    assert german == []
    assert english == []


def test_the_english_catalogue_holds_known_sentences_and_their_places() -> None:
    def places(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    assert set(_entries("en")) <= set(_entries("de"))
    assert [message for message, words in _entries("en").items() if not places(words) <= places(message)] == []


@pytest.mark.parametrize(
    ("came", "german", "english"),
    [
        (
            "1,204 of 31,877 lines cannot be booked. Broken rules: amount is given: 1,204.",
            "1.204 von 31.877 Zeilen sind nicht buchbar.",
            "1,204 of 31,877 lines cannot be booked.",
        ),
        ("Criterion has 12.5% of all weights.", "„Criterion“ hat 12,5\u00a0% aller Gewichte.", "Criterion has 12.5% of all weights."),
        ("at most 30%: what people feel about a customer must not decide what he is worth.", None, None),
        (
            "No 'klo' in the customers of this run that you may see. Did you mean 'klon'? Available: klon.",
            "„klo“ ist nicht bekannt. Gesucht: ein Kunde dieser Bewertung, den Sie sehen dürfen. Meinten Sie „klon“? Es gibt: klon.",
            "No “klo” in the customers of this run that you may see. Did you mean “klon”? Available: klon.",
        ),
        (
            "No line has a readable date, as-of is 2026-09-30.",
            "In keiner Zeile ist das Datum lesbar; der Stichtag ist 30.09.2026.",
            "No line has a readable date, as-of is 30 Sep 2026.",
        ),
        ("/data/handel holds no finished run.", "In handel gibt es keine fertige Bewertung.", "handel holds no finished run."),
        ("amount is readable; date is given.", "„amount“ ist lesbar; „date“ ist angegeben.", "amount is readable; date is given."),
        (
            "add it with --by.",
            "Melden Sie sich mit einem Konto an, das einen Namen hat.",
            "Sign in with an account that has a name.",
        ),
        (
            "{money = 20000, visits = 40}.",
            "{money = 20000, besuche = 40}.",
            "{money = 20000, visits = 40}.",
        ),
        ("horizon = '1.5.2026'.", "horizon = '1.5.2026'.", "horizon = '1.5.2026'."),
        ("share = 0.5 under [plans.a].", "share = 0.5 unter [plans.a].", "share = 0.5 under [plans.a]."),
        ("What nobody has ever {written}.", "What nobody has ever {written}.", "What nobody has ever {written}."),
    ],
)
def test_a_problem_is_told_in_the_language_of_the_reader(came: str, german: str | None, english: str | None) -> None:
    if german is not None:
        assert told(GERMAN, came) == german
        assert told(ENGLISH, came) == english
    else:
        assert told(GERMAN, came).startswith("höchstens 30\u00a0%: Was man über einen Kunden empfindet")


def test_numbers_of_customers_and_names_stay_as_they_are() -> None:
    assert told(GERMAN, "Customer 10,001 has objected to being valued.") == "Kunde 10,001 hat der Bewertung widersprochen."
    assert told(GERMAN, "The column 1.5 is missing.") == "Die Spalte „1.5“ fehlt."


def test_a_label_may_say_what_stands_at_a_place() -> None:
    label = {"role": "Kunde"}.get
    came = "No column for customer_id was found among A, B."
    assert told(GERMAN, came, lambda name, value: label(name)) == "Für „Kunde“ fand sich keine Spalte unter A, B."


def test_of_two_sentences_that_fit_the_one_that_says_more_is_found() -> None:
    sentences = Sentences(["{a} is bad", "The {a} is bad", "The file is bad", "The {a} is bad and {b}"])
    assert sentences.find("The file is bad") == ("The file is bad", {})
    assert sentences.find("The line is bad") == ("The {a} is bad", {"a": "line"})
    assert sentences.find("The line is bad and wide") == ("The {a} is bad and {b}", {"a": "line", "b": "wide"})
    assert sentences.find("All is bad") == ("{a} is bad", {"a": "All"})
    assert sentences.find("All is well") is None


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.sampled_from(sorted(_entries("de"))), st.sampled_from([GERMAN, ENGLISH, Language("de", "en")]))
def test_whatever_stands_at_the_places_the_text_can_be_told(value: str, message: str, reader: Language) -> None:
    text = "".join(words + (value if name is not None else "") for words, name, _, _ in string.Formatter().parse(message))
    assert isinstance(told(reader, text), str)
    assert isinstance(told(reader, value), str)


def test_a_long_text_with_the_words_of_many_sentences_is_looked_at_once() -> None:
    text = "= under and: the of , is customers a (" * 3000
    assert told(GERMAN, text) == text.strip()


def test_how_a_fit_ends_is_told() -> None:
    from kundenwert.models._statement import Outcome

    unusable = [one.value for one in Outcome if not one.is_usable]
    assert [text for text in unusable if not known().find("bg_nbd: " + text.replace("{reason}", "Only 3 customers."))] == []
