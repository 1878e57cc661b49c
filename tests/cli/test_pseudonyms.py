"""The commands proxies and reidentify: what they print, and that nothing works without its key."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cli_help import Call

from kundenwert.flows.progress import Progress
from kundenwert.flows.pseudonyms import known_as
from kundenwert.flows.run import run

NOW = datetime(2025, 6, 1, tzinfo=UTC)


@pytest.fixture
def project(folder: Path) -> Path:
    """Eighty customers, valued with pseudonyms; a column of the lines tells what nobody may be valued by."""
    lines = ["customer_id,date,amount,Geschlecht"]
    for who in range(80):
        lines += [f"K{who:04},{date(2024, 1, 5) + timedelta(days=who + 20 * turn)},{10 + who}.00,{'mw'[who % 2]}" for turn in range(3)]
    (folder / "sales.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    home = folder / "shop"
    home.mkdir()
    text = 'pseudonymised = true\ncurrency = "EUR"\n[[sources]]\nfiles = ["../sales.csv"]\n'
    (home / "kundenwert.toml").write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kundenwert.flows.run._write_reports", lambda building, *_: None)
        run(home, {"threads": "1"}, clock=NOW, progress=Progress())
    return home


def test_proxies_are_shown_as_rates_of_a_hundred_pairs_also_with_pseudonyms(call: Call, project: Path) -> None:
    shown = call("proxies", project)
    assert shown.code == 0
    assert "Geschlecht (transactions): gender. §§ 1, 19 AGG" in shown.out
    assert "80 customers: m 40, w 40" in shown.out
    assert "all together" in shown.out
    assert "no more than chance" in shown.out
    (found,) = json.loads(call("proxies", project, "--json").out)
    assert (found["attribute"], found["classes"], found["untested"]) == ("gender", [["m", 40], ["w", 40]], "")
    assert "K00" not in shown.out


def test_a_pseudonym_is_told_back_to_who_has_the_key(call: Call, project: Path) -> None:
    who = known_as(project, "K0007")
    assert f"{who}  K0007" in call("reidentify", who, "--project", project, "--by", "Eva").out
    assert who in call("customer", "K0007", "--project", project).out
    assert "reidentify" in call("audit", "list", project).out
    (project.parent / "shop.key").unlink()
    failed = call("reidentify", who, "--project", project, "--by", "Eva")
    assert failed.code == 1
    assert "shop.key" in failed.err
