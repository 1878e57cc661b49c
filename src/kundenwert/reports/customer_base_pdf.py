"""The report of a run for paper, from the page that the run wrote."""

from __future__ import annotations

from datetime import datetime

from kundenwert.reports._read_page import page_of
from kundenwert.reports.language import Language


def render(html: str, created: datetime) -> bytes:
    """The PDF. html: the page of the run, whose language it keeps; created: the time of the run, so that the same run gives the same
    bytes.
    """
    from kundenwert.reports._pdf import pages

    found = page_of(html)
    of = Language(found.language).text("Page {page} of {pages}", page="{page}", pages="{pages}")
    return pages(found, created=created, of=of, breaks=[chapter.first for chapter in found.chapters[1:]], slim=True)


PLUGIN = render
