"""Bad input on check, value and run: exit code 1, what came, what was expected, what to do, and nothing half written."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from cli_help import Call, content, english, german, lines_of, new, project, unfinished
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

GOOD = english(lines_of())
HEAD = "customer_id,date,amount\n"


def days(count: int, line: str) -> str:
    """Lines of a month; {k} is the day, {c} one of three customers."""
    return HEAD + "".join(line.format(k=k, c=k % 3) + "\n" for k in range(1, count + 1))


# name of the file, content, what the message says on every command
UNREADABLE = [
    ("empty.csv", b"", "is empty"),
    ("header.csv", HEAD, "no line of data"),
    ("binary.csv", bytes(range(256)) * 40, "a binary file, no table"),
    ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "a PNG picture"),
    ("sales.parquet", b"PAR1 and no more", "cannot be opened"),
    ("sales.xlsx", b"PK\x03\x04 and no more", "cannot be read"),
    ("truncated.csv.gz", gzip.compress((GOOD * 200).encode(), mtime=0)[:700], "damaged or cut off"),
    ("one.csv", "customer_id\n1\n2\n", "Every line is one cell"),
    ("twins.csv", "customer_id,date,amount,amount\n1,2024-01-01,1.00,2.00\n2,2024-01-02,1.00,2.00\n", "2 columns are called 'amount'"),
    ("unreadable.csv", HEAD + "1,yesterday,much\n2,today,more\n", "2 problems"),
    ("huge.csv", days(19, "{c},2024-01-{k:02d},1000000000000.00"), "1,000,000,000,000"),
    ("one huge.csv", days(19, "{c},2024-01-{k:02d},5.00") + "1,2024-02-01,1000000000000.00\n", "does not fit"),
    ("long ids.csv", days(19, "x" * 3000 + "{c},2024-01-{k:02d},5.00"), "a customer id of at most 255 signs"),
    ("long columns.csv", "x" * 3000 + "," + "y" * 3000 + ",amount\n1,2024-01-01,5.00\n", "No column for customer_id"),
    ("nul.csv", HEAD + "1,2024-01-01,5.00\n2,2024-\x0001-02,5.00\n", "NUL byte"),
    (
        "mixed.csv",
        f"{HEAD}Müller,2024-01-01,5.00\n".encode() + "Müller,2024-01-02,5.00\n".encode("cp1252"),
        "Two encodings are mixed",
    ),
    ("ambiguous.csv", "customer_id;date;amount\n1;01/02/2024;1.234\n2;03/04/2024;2.345\n", "2 problems"),
    ("missing.csv", None, "no such file"),
]
# Readable, so check is content; but nothing can be valued.
WORTHLESS = [
    ("future.csv", days(19, "{c},29{k:02d}-01-01,5.00"), "after today"),
    ("one customer.csv", days(19, "7,2024-01-{k:02d},5.00"), "one customer"),
    ("bought once.csv", days(19, "c{k},2024-01-{k:02d},5.00"), "on a second day"),
    ("negative.csv", days(19, "{c},2024-01-{k:02d},-5.00"), "No purchase is left"),
    (
        "negative total.csv",
        days(19, "{c},2024-01-{k:02d},5.00") + "9,2024-01-20,-5000.00\n",
        "booked revenue of all customers is -4,905.00",
    ),
]


def write(folder: Path, name: str, text: bytes | str | None) -> None:
    if text is not None:
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())


def is_told(err: str) -> bool:
    return "problem" in err and "Expected: " in err and "To do:    " in err and "Traceback" not in err


@pytest.mark.parametrize("command", ["check", "value", "run"])
@pytest.mark.parametrize(("name", "text", "told"), UNREADABLE, ids=[case[0] for case in UNREADABLE])
def test_what_cannot_be_read_is_told_and_nothing_is_left(
    call: Call, folder: Path, command: str, name: str, text: bytes | str | None, told: str
) -> None:
    write(folder, name, text)
    project(folder / "wert", f"../{name}")
    before = content(folder)
    answer = call(command, "wert") if command == "run" else call(command, name)
    assert answer.code == 1, answer.text
    assert told in answer.err
    assert is_told(answer.err)
    assert len(answer.err) < 5000
    assert unfinished(before, content(folder)) == []
    assert not list(folder.rglob(".*"))


@pytest.mark.parametrize("command", ["value", "run"])
@pytest.mark.parametrize(("name", "text", "told"), WORTHLESS, ids=[case[0] for case in WORTHLESS])
def test_what_cannot_be_valued_is_told_and_nothing_is_left(call: Call, folder: Path, command: str, name: str, text: str, told: str) -> None:
    write(folder, name, text)
    assert call("check", name).code == 0
    project(folder / "wert", f"../{name}")
    before = content(folder)
    answer = call("run", "wert") if command == "run" else call("value", name, "--out", "werte.csv")
    assert answer.code == 1, answer.text
    assert told in answer.err
    assert is_told(answer.err)
    assert unfinished(before, content(folder)) == []
    assert not list(folder.rglob(".*"))


@pytest.mark.parametrize("name", ["sales.xlsx", "sales.parquet", "sales.pdf", "sales", "sales.csv.gz"])
def test_a_wrong_ending_does_not_mislead(call: Call, folder: Path, name: str) -> None:
    write(folder, name, GOOD)
    assert call("check", name).code == 0
    assert call("value", name).code == 0


def test_a_folder_in_place_of_a_file(call: Call, folder: Path) -> None:
    (folder / "sales.csv").mkdir()
    project(folder / "wert", "../sales.csv")
    assert "holds no kundenwert.toml" in call("check", "sales.csv").err
    for words in (["value", "sales.csv"], ["run", "wert"]):
        answer = call(*words)
        assert answer.code == 1
        assert "This is a folder" in answer.err


def test_all_problems_of_all_files_come_together(call: Call, folder: Path) -> None:
    write(folder, "good.csv", GOOD)
    write(folder, "empty.csv", "")
    write(folder, "one.csv", "x\n1\n")
    write(folder, "unclear.csv", "Wer;Datum;Betrag\n1;01/02/2024;1.234\n2;03/04/2024;5.678\n")
    names = ["good.csv", "empty.csv", "one.csv", "unclear.csv", "missing.csv"]
    project(folder / "wert", *(f"../{name}" for name in names))
    for words in (["check", *names], ["value", *names], ["run", "wert"]):
        err = call(*words).err
        assert "6 problems." in err
        assert all(name in err for name in names[1:])


def test_the_same_file_twice_would_count_twice(call: Call, folder: Path) -> None:
    write(folder, "a.csv", GOOD)
    write(folder, "b.csv", GOOD)
    assert "The file is given twice" in call("value", "a.csv", "a.csv").err
    answer = call("check", "a.csv", "b.csv")
    assert answer.code == 1
    assert "It holds the same as a.csv" in answer.err
    project(folder / "wert", "../*.csv", "../a.csv")
    assert call("run", "wert").code == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x = [", ["not valid TOML"]),
        ("", ["No source is named"]),
        ("[[sources]]\n", ["A source has no list of files"]),
        ('[[sources]]\nfiles = ["no*.csv"]\n', ["No file fits 'no*.csv'"]),
        ('horizont = "12m"\nthreads = "x"\nhorizon = "2000y"\nmemory = "much"\n[[sources]]\nfiles = ["../sales.csv"]\ncolums = 1\n',
         ["5 problems", "'horizont' is no setting", "threads", "at most 100 years", "a size such as 4GB", "colums under [[sources]]"]),
        ('[[sources]]\nfiles = ["../sales.csv"]\ntax_rate = "much"\nnet = "x"\ndate_format = 3\n',
         ["3 problems", "tax_rate = 'much'", "true or false", "a text in quotes"]),
        ('[[sources]]\nfiles = ["../sales.csv"]\ndelimiter = "xx"\n', ["'xx' cannot divide columns"]),
        ('[[sources]]\nfiles = ["../sales.csv"]\n[sources.columns]\ncustomer_id = 3\n', ["cannot be read"]),
        ('[[sources]]\nfiles = ["../sales.csv"]\n[sources.columns]\ncustomer_id = "Kunnde"\n', ["'Kunnde', which is not there"]),
        ('model = "bg_ndb"\n[[sources]]\nfiles = ["../sales.csv"]\n', ["Did you mean 'bg_nbd'?"]),
    ],
)  # fmt: skip
def test_a_wrong_project_file_is_told_with_all_its_problems(call: Call, folder: Path, text: str, told: list[str]) -> None:
    write(folder, "sales.csv", GOOD)
    (folder / "wert").mkdir()
    (folder / "wert" / "kundenwert.toml").write_text(text, encoding="utf-8")
    answer = call("run", "wert")
    assert answer.code in (1, 2)
    assert [part for part in told if part not in answer.err] == []
    assert not list((folder / "wert" / "runs").glob("*"))


def test_check_lists_what_cannot_be_booked_and_writes_all_of_it(call: Call, folder: Path) -> None:
    bad = "".join(f"{k};morgen;5,00\n" for k in range(8)) + "=1+1;heute;x\n"
    write(folder, "umsatz.csv", german(lines_of()) + bad)
    answer = call("check", "umsatz.csv", "--rejects", "rejects.csv")
    assert answer.code == 0
    assert "Cannot be booked: 9 lines, the first 5:" in answer.out
    assert "All of them: rejects.csv" in answer.out
    text = (folder / "rejects.csv").read_text(encoding="utf-8")
    assert text.count("morgen") == 8
    assert "'=1+1" in text
    assert "--rejects FILE.csv" in call("check", "umsatz.csv").out


def test_no_project_says_how_to_make_one(call: Call, folder: Path) -> None:
    for words in (["run"], ["check"], ["run", "nowhere"]):
        answer = call(*words)
        assert answer.code == 1
        assert "kundenwert init DIR --from FILE" in answer.err


# ---------- what a person must decide ----------


def test_an_ambiguity_names_the_flag_and_the_flag_settles_it(call: Call, folder: Path) -> None:
    rows = [f"{customer};{day:02d}/{day % 3 + 1:02d}/2024;1.23{customer}" for customer in range(4) for day in range(1, 9)]
    write(folder, "sales.csv", "customer_id;date;amount\n" + "\n".join(rows) + "\n")
    answer = call("check", "sales.csv")
    assert "--date-format dd/mm/yyyy or --date-format mm/dd/yyyy" in answer.err
    assert "--decimal-mark , or --decimal-mark ." in answer.err
    thousands = call("check", "sales.csv", "--date-format", "dd/mm/yyyy", "--decimal-mark", ",")
    decimals = call("check", "sales.csv", "--date-format", "mm/dd/yyyy", "--decimal-mark", ".")
    assert (thousands.code, decimals.code) == (0, 0)
    assert "39,408.00" in thousands.out
    assert "39.41" in decimals.out


def test_a_wrong_column_in_the_mapping_suggests_the_near_one(call: Call, folder: Path) -> None:
    write(folder, "umsatz.csv", german(lines_of()))
    answer = call("check", "umsatz.csv", "--map", "customer_id=Kundennumer")
    assert answer.code == 1
    assert "Near: Kundennummer." in answer.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["check", "sales.csv", "--map", "customer_id"], "is not ROLE=COLUMN"),
        (["check", "sales.csv", "--map", "date=date", "--map", "date=amount"], "date is named twice"),
        (["check", "wert", "--map", "date=date"], "reads as kundenwert.toml says"),
        (["check", "sales.csv", "--tax-rate", "19"], "not in the range"),
        (["value", "sales.csv", "--out", "werte.txt"], "Available: .parquet, .csv, .xlsx"),
        (["value", "sales.csv", "--model", "bg_ndb"], "Did you mean 'bg_nbd'?"),
        (["value"], "Missing argument"),
        (["chek"], "Did you mean 'check'?"),
        (["export", "wert"], "Missing option '--out'"),
        (["init", "neu"], "Missing option '--from'"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_what_is_possible(call: Call, folder: Path, words: list[str], told: str) -> None:
    write(folder, "sales.csv", GOOD)
    project(folder / "wert", "../sales.csv")
    before = content(folder)
    answer = call(*words)
    assert answer.code == 2, answer.text
    assert told in answer.err
    assert new(before, content(folder)) == []


def test_wrong_settings_on_the_command_line_come_together(call: Call, folder: Path) -> None:
    write(folder, "sales.csv", GOOD)
    answer = call("value", "sales.csv", "--as-of", "tomorrow", "--horizon", "12x", "--threads", "-1", "--language", "fr")
    assert answer.code == 1
    assert "4 problems." in answer.err
    assert "a day as 2026-11-30" in answer.err


# ---------- anything at all ----------


def _garbage() -> st.SearchStrategy[bytes]:
    cells = st.text(st.sampled_from("abc019.,;\"'\t|-/ \r\n€ü\x00\x1b\ufeff"), max_size=120).map(lambda text: text.encode())
    headed = cells.map(lambda rest: HEAD.encode() + rest)
    packed = st.binary(max_size=80).map(gzip.compress)
    marked = st.sampled_from([b"PAR1", b"PK\x03\x04", b"\x1f\x8b", b"\xff\xfe", b"\xef\xbb\xbf", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
    return st.one_of(st.binary(max_size=200), cells, headed, packed, st.tuples(marked, st.binary(max_size=120)).map(b"".join))


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_garbage(), st.sampled_from(["sales.csv", "sales.xlsx", "sales.parquet", "sales.csv.gz", "sales"]))
@example(b'customer_id,date,amount\n"', "sales.csv")
@example(b"\xff\xfe", "sales.csv")
@example(b"\x1f\x8b", "sales.csv.gz")
def test_random_bytes_are_never_a_mistake_of_ours(call: Call, folder: Path, garbage: bytes, name: str) -> None:
    (folder / name).write_bytes(garbage)
    for command in ("check", "value"):
        answer = call(command, name)
        assert answer.code in (0, 1), answer.text
        assert answer.code == 0 or is_told(answer.err)
