"""What a long flow tells while it works: phases with rows and seconds. Who shows them passes a function; flows know no terminal."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass
class Phase:
    """One step of a flow, in words, with the rows it handled (set by the flow) and the seconds it took.

    is_part: it lies within the phase before it that is no part; the seconds of that one hold its own.
    """

    text: str
    rows: int | None = None
    seconds: float = 0.0
    is_over: bool = False
    is_part: bool = False


@dataclass(frozen=True)
class Progress:
    """Keeps the phases of a flow and shows each when it begins and when it is over."""

    show: Callable[[Phase], None] = lambda phase: None
    phases: list[Phase] = field(default_factory=list)

    @contextlib.contextmanager
    def phase(self, text: str, *, is_part: bool = False) -> Iterator[Phase]:
        """A phase while it lasts. is_part: of the phase that lasts already."""
        phase = Phase(text, is_part=is_part)
        self.phases.append(phase)
        self.show(phase)
        begin = time.perf_counter()
        try:
            yield phase
        finally:
            phase.seconds = time.perf_counter() - begin
            phase.is_over = True
            self.show(phase)

    def timings(self) -> dict[str, float]:
        """Seconds by phase, rounded to milliseconds."""
        return {phase.text: round(phase.seconds, 3) for phase in self.phases}
