"""Which of some customers were erased from a project: asked by those who keep something beside it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kundenwert.register import erased as known


def is_erased(project: Path, customers: Iterable[str]) -> set[str]:
    """Those of the customers whose erasure stands in the register."""
    persons = known.erased(project)
    return {customer for customer in customers if persons.is_id(customer)} if persons else set()


def names_erased(project: Path, texts: Iterable[str]) -> set[str]:
    """Those of the texts that hold the number or a name of an erased person."""
    persons = known.erased(project)
    return {text for text in texts if persons.is_in(text)} if persons else set()
