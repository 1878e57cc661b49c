"""Finds a run by what people call it: its name, the beginning of it, `current` or `previous`."""

from __future__ import annotations

from pathlib import Path

from kundenwert.errors import CallError, UnknownName
from kundenwert.runs import store


def choose(project: Path, word: str) -> store.Run:
    """The run that `word` stands for: `current`, `previous` (the one before it, by as-of day), a name or the beginning of one name.

    Raises UnknownName where no run is called so, CallError where several are, or where no run comes before the current one.
    """
    if word == "current":
        return store.read(project)
    if word == "previous":
        return _previous(project)
    known = store.names(project)
    fitting = [word] if word in known else [name for name in known if word and name.startswith(word)]
    if len(fitting) > 1:
        raise CallError(f"{word!r} is the beginning of {len(fitting)} runs of {project}: {', '.join(fitting)}. Write more of one name.")
    if not fitting:
        # Raises what a project without any run raises, if it is one.
        store.read(project)
        raise UnknownName(word, f"the runs of {project}", [*known, "current", "previous"])
    return store.read(project, fitting[0])


def _previous(project: Path) -> store.Run:
    current = store.read(project)
    before = [run for run in (store.read(project, name) for name in store.names(project)) if _place(run) < _place(current)]
    if not before:
        raise CallError(f"No run of {project} comes before the current one, {current.name}. Expected: a run with an earlier as-of day.")
    return max(before, key=_place)


def _place(run: store.Run) -> tuple[str, str, str]:
    # Runs of one day follow each other as they were made; the name decides between runs of one second.
    return run.manifest["as_of"], run.manifest["created"], run.name
