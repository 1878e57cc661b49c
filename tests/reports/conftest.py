"""Lets the tests of this folder share their invented figures: pytest's importlib mode knows no neighbours."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
