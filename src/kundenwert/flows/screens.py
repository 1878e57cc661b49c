"""What a valuation leaves ready for the screens, so that nobody waits for the first look: the customer list and the kept pages of a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kundenwert.flows import customer_list
from kundenwert.flows.models_page import models_page
from kundenwert.flows.overview import overview
from kundenwert.flows.portfolio_page import VIEWS, portfolio_page
from kundenwert.flows.progress import Progress
from kundenwert.flows.result_page import has_result, result_page
from kundenwert.reports.language import LANGUAGES, Language

if TYPE_CHECKING:
    from collections.abc import Iterable


def prepare(project: Path, run: str, *, progress: Progress | None = None, languages: Iterable[str] = LANGUAGES) -> None:
    """Makes what screens keep of a run unless it is there. Raises what the pages raise; nothing of the run depends on it."""
    during = progress or Progress()
    customer_list.build(project, run, progress=progress)
    with during.phase("Preparing the screens"):
        overview(project, run)
        for view in VIEWS:
            portfolio_page(project, run, view=view)
        for code in languages:
            models_page(project, run, Language(code))
            if has_result(project, run):
                result_page(project, run, Language(code))
