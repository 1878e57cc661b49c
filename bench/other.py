"""Another package for comparison: an environment of its own, made where the data are and used again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PACKAGES = ("lifetimes", "pyarrow")
_PROGRAM = Path(__file__).with_name("other_lifetimes.py")


def environment(folder: Path, name: str = "lifetimes", packages: tuple[str, ...] = PACKAGES) -> Path | str:
    """The Python of an environment with a package, lifetimes unless another is named, or why there is none."""
    python = folder / name / "bin" / "python"
    steps = [
        [sys.executable, "-m", "venv", str(folder / name)],
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages],
    ]
    check = [str(python), "-c", "import " + ", ".join(one.replace("-", "_") for one in packages)]
    if python.exists() and subprocess.run(check, capture_output=True).returncode == 0:
        return python
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True)
        if done.returncode:
            return "it could not be installed: " + (done.stderr.strip().splitlines() or ["no reason given"])[-1]
    done = subprocess.run(check, capture_output=True, text=True)
    return python if done.returncode == 0 else "it does not start: " + done.stderr.strip().splitlines()[-1]


def command(python: Path, lines: Path, out: Path, as_of: str, *more: str) -> list[str]:
    """lifetimes, file to file; with "clv" as last word also the discounted value."""
    return [str(python), str(_PROGRAM), str(lines), str(out), as_of, *more]
