"""What the first reader of a run would have to wait for, made right after the run: the customer list, the rows of each customer and the
pages of the whole base.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from kundenwert.reports.language import LANGUAGES, Language

if TYPE_CHECKING:
    from kundenwert.flows.progress import Progress

# The pages of fewer customers are made while the reader waits: that takes a second.
MANY = 100_000
_LOG = logging.getLogger("kundenwert")


def prepare(project: Path, run: str, *, progress: Progress) -> None:
    """Makes what screens keep of a run. A page that cannot be made is left out: the run is good, and the page says itself what is wrong."""
    with progress.phase("Preparing the pages"):
        for make in _pages(project, run):
            try:
                make()
            except Exception as error:  # noqa: BLE001 (a finished run must not fail by a page of it)
                _LOG.warning("a page could not be prepared: %s", type(error).__name__)


def missing(project: Path, run: str) -> str:
    """The state of a large run for which a reader would have to wait, as a short text; "" where nobody has to."""
    from kundenwert.flows import customer_list_files, customer_rows
    from kundenwert.runs import store

    source = store.read(project, run)
    if source.manifest["totals"]["customers"] < MANY:
        return ""
    places = (
        customer_list_files.place(project, source, customer_list_files.stamp(project, source)) / customer_list_files.CONTENT,
        customer_rows.place(project, run) / customer_rows.CONTENT,
    )
    if all(place.is_file() for place in places):
        return ""
    return hashlib.sha256("/".join(place.parent.name for place in places).encode()).hexdigest()[:20]


def _pages(project: Path, run: str) -> Iterator[Callable[[], object]]:
    from kundenwert.flows import customer_list, customer_rows, models_page, overview, plan_preview, portfolio_page, result_page

    yield lambda: customer_list.build(project, run)
    yield lambda: customer_rows.build(project, run)
    yield lambda: overview.overview(project, run)
    yield lambda: portfolio_page.portfolio_page(project, run) if portfolio_page.has_portfolio(project, run) else None
    for code in LANGUAGES:
        yield lambda code=code: models_page.models_page(project, run, Language(code))  # type: ignore[misc]
        yield lambda code=code: (  # type: ignore[misc]
            result_page.result_page(project, run, Language(code)) if result_page.has_result(project, run) else None
        )
    # The plan that the planner opens with.
    yield lambda: plan_preview.build(project, run, plan_preview.sections(project)[0]) if plan_preview.has_actions(project) else None
