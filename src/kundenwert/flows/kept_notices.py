"""Warnings of a run as its manifest keeps them, and read back: the sentence in English, and what other languages need to say it anew."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from kundenwert.records import Notice

_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z")
_NUMBER = re.compile(r"\s*-?\d+([.,]\d+)*\s*\Z")


def as_json(notice: Notice) -> dict[str, Any]:
    """Key and English sentence, with message and values where these can be kept.

    A text that is nothing but a number may be that of a customer; an erasure looks for it in sentences, so there it stays.
    """
    told: dict[str, Any] = {"key": notice.key, "text": str(notice)}
    values = {name: _plain(value) for name, value in notice.values.items()}
    if any(value is _NOT_KEPT for value in values.values()):
        return told
    return {**told, "msgid": notice.text, "values": values}


def from_json(told: Mapping[str, Any]) -> Notice:
    """The notice of an entry; one of an earlier version has its English sentence alone."""
    if "msgid" not in told:
        return Notice(told["key"], str(told["text"]).replace("{", "{{").replace("}", "}}"))
    return Notice(told["key"], told["msgid"], {name: _read(value) for name, value in told["values"].items()})


_NOT_KEPT = object()


def _plain(value: Any) -> Any:
    if hasattr(value, "item"):
        # A number of numpy.
        value = value.item()
    if isinstance(value, list | tuple):
        parts = [_plain(each) for each in value]
        return _NOT_KEPT if any(part is _NOT_KEPT for part in parts) else parts
    if isinstance(value, date):
        return value.isoformat()[:10]
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, str):
        return _NOT_KEPT if _NUMBER.match(value) else value
    if value is None or isinstance(value, bool | int | float):
        return value
    return _NOT_KEPT


def _read(value: Any) -> Any:
    if isinstance(value, list):
        return [_read(each) for each in value]
    return date.fromisoformat(value) if isinstance(value, str) and _DAY.match(value) else value
