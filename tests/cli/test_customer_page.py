"""kundenwert customer: options that do not go together are told before anything is read."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from kundenwert.cli.customer import customer


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--letter"], "--letter goes with --pdf or --html."),
        (["--pdf", "page.html"], "--pdf page.html: the name must end in .pdf."),
        (["--html", "page.pdf"], "--html page.pdf: the name must end in .html."),
        (["--lines", "--pdf", "page.pdf"], "--lines is shown here"),
        (["--year", "2025"], "--year goes with --lines."),
    ],
)
def test_options_that_do_not_go_together_are_refused(options: list[str], told: str) -> None:
    found = CliRunner().invoke(customer, ["K1", *options])
    assert found.exit_code == 2
    assert told in found.output
