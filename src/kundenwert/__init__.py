"""The value of each customer, past and future, in money."""

from __future__ import annotations

__version__ = "0.1.0"
