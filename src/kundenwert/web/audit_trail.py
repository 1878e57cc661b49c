"""Who looked at a single person's data and who took data out stands in the log of the project's register.

Views call these two; who is asked stands in the account, when is now. A view that shows a list of many customers notes nothing, its export
does.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from kundenwert.flows import seen


def audit_read(request: HttpRequest, customer_id: str, what: str = "customer") -> None:
    """Notes that the reader looked at a customer, once an hour. what: one word for the screen."""
    seen.seen(_room(request).project, customer_id, _name(request), what, timezone.now())


def audit_export(request: HttpRequest, what: str, count: int, *, customer_id: str = "") -> None:
    """Notes that the reader took data of `count` customers out; customer_id where it is of one. what: one word for the file."""
    seen.taken_out(_room(request).project, _name(request), what, timezone.now(), customers=count, customer_id=customer_id)


def _name(request: HttpRequest) -> str:
    # The address is the account; names may be shared. The log keeps a keyed hash of it alone.
    return str(request.user.email)  # type: ignore[union-attr]


def _room(request: HttpRequest) -> Any:
    return request.room  # type: ignore[attr-defined]
