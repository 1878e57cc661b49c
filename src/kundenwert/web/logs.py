"""Keeps persons out of the log: no address with an id or a search, no text of an exception, no trace."""

from __future__ import annotations

import logging


class WithoutPersons(logging.Filter):
    """Django's own lines name addresses and exceptions, which may hold a customer: only their kind is kept."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always lets the line through, without what could name a person."""
        if not record.name.startswith("kundenwert"):
            status = getattr(record, "status_code", "")
            kind = type(record.exc_info[1]).__name__ if record.exc_info and record.exc_info[1] else ""
            record.msg, record.args = " ".join(str(part) for part in (record.name, status, kind) if part), ()
        record.exc_info = record.exc_text = record.stack_info = None
        return True
