"""Writes the files of the invented company that ship with the product: its first two years.

python scripts/company.py            renew the files
python scripts/company.py --check    say which files are out of date, change nothing
"""

from __future__ import annotations

import gzip
import sys
import tempfile
from pathlib import Path

from kundenwert.example.company import FILES, first_two_years


def stale(new: Path) -> list[str]:
    """Names of shipped files that differ from new ones, or are missing, or too many. Packing may differ, content may not."""
    names = sorted({path.name for folder in (new, FILES) for path in folder.glob("*.csv.gz")})
    return [name for name in names if content(new / name) != content(FILES / name)]


def content(path: Path) -> bytes:
    """What is packed in a file; nothing if it is not there."""
    return gzip.decompress(path.read_bytes()) if path.is_file() else b""


def main(words: list[str]) -> int:
    """Renews or checks the files; 1 if a check found any that are out of date."""
    with tempfile.TemporaryDirectory() as scratch:
        new = Path(scratch)
        first_two_years().export(new, packed=True)
        names = stale(new)
        if "--check" in words:
            print("\n".join(f"out of date: {name}" for name in names) or "The files are what the simulator writes.")
            return 1 if names else 0
        for name in names:
            (FILES / name).unlink(missing_ok=True)
            if (new / name).is_file():
                (FILES / name).write_bytes((new / name).read_bytes())
    print(f"{len(names)} files written to {FILES.name}/.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
