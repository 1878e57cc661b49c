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
    """Names of shipped files whose content differs from the new, unpacked ones, that are missing, or too many."""
    names = sorted({path.name for path in new.glob("*.csv")} | {path.stem for path in FILES.glob("*.csv.gz")})
    return [name for name in names if _plain(new / name) != _unpacked(FILES / f"{name}.gz")]


def _plain(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _unpacked(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.is_file() else b""


def main(words: list[str]) -> int:
    """Renews or checks the files; 1 if a check found any that are out of date."""
    with tempfile.TemporaryDirectory() as scratch:
        new = Path(scratch)
        first_two_years().export(new)
        names = stale(new)
        if "--check" in words:
            print("\n".join(f"out of date: {name}" for name in names) or "The files are what the simulator writes.")
            return 1 if names else 0
        for name in names:
            shipped = FILES / f"{name}.gz"
            shipped.unlink(missing_ok=True)
            if (new / name).is_file():
                shipped.write_bytes(gzip.compress((new / name).read_bytes(), 9, mtime=0))
    print(f"{len(names)} files written to {FILES.name}/.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
