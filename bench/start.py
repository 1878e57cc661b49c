"""What a start imports: `python -m bench.start` lists the dearest packages of `kundenwert --help`."""

from __future__ import annotations

import re
import subprocess
import sys

from bench.measure import KUNDENWERT

_IMPORT = re.compile(r"^import time: +(?P<own>\d+) \| +\d+ \| +(?P<name>\S+)$", re.MULTILINE)


def imports() -> dict[str, float]:
    """Milliseconds of import by top package, dearest first."""
    command = [sys.executable, "-X", "importtime", KUNDENWERT, "--help"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    found: dict[str, float] = {}
    for match in _IMPORT.finditer(told):
        top = match["name"].split(".")[0]
        found[top] = found.get(top, 0.0) + int(match["own"]) / 1000
    return dict(sorted(found.items(), key=lambda item: -item[1]))


if __name__ == "__main__":
    for name, milliseconds in list(imports().items())[:15]:
        print(f"{name:<24}{milliseconds:>8.1f} ms")
