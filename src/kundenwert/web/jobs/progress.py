"""Progress of a flow, written where the pages read it: at most every 0.3 seconds, by a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone

from kundenwert.flows.progress import Phase, Progress

PAUSE_SECONDS = 0.3


class Reporter:
    """Collects the phases of a flow and gives them to `write`, never more often than every `pause` seconds.

    A flow that works without a word for minutes must not hold back the last word: the thread writes what is new.
    """

    def __init__(self, write: Callable[[list[dict[str, Any]]], None], *, pause: float = PAUSE_SECONDS) -> None:
        self.progress = Progress(self._show)
        self._write = write
        self._pause = pause
        self._began: dict[int, datetime] = {}
        self._news = threading.Event()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="progress", daemon=True)

    def __enter__(self) -> Progress:
        self._thread.start()
        return self.progress

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._news.set()
        self._thread.join()

    def phases(self) -> list[dict[str, Any]]:
        """The phases as the database keeps them."""
        return [self._as_json(phase) for phase in list(self.progress.phases)]

    def _show(self, phase: Phase) -> None:
        self._began.setdefault(id(phase), timezone.now())
        self._news.set()

    def _as_json(self, phase: Phase) -> dict[str, Any]:
        began = self._began.get(id(phase))
        return {
            "text": phase.text,
            "rows": phase.rows,
            "seconds": round(phase.seconds, 3),
            "is_over": phase.is_over,
            "is_part": phase.is_part,
            "began": began.isoformat() if began else None,
        }

    def _loop(self) -> None:
        while not self._end.is_set():
            self._news.wait()
            self._news.clear()
            self._write(self.phases())
            self._end.wait(self._pause)
        self._write(self.phases())
        from django.db import connection

        connection.close()  # that of this thread
