"""Online Retail, December 2009 to December 2010: the lines of a British wholesaler of gifts.

Daqing Chen: Online Retail II, UCI Machine Learning Repository, 2012, doi 10.24432/C5CG6D, CC BY 4.0. Changed: only the sheet
"Year 2009-2010"; without the description column; columns renamed; kept as Parquet.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path


def copy_to(folder: Path) -> None:
    """Writes the lines and a project file into `folder`, which must exist."""
    source = resources.files(__name__)
    (folder / "exports").mkdir(exist_ok=True)
    (folder / "exports" / "online_retail_2009_2010.parquet").write_bytes(source.joinpath("lines.parquet").read_bytes())
    (folder / "kundenwert.toml").write_bytes(source.joinpath("kundenwert.toml").read_bytes())
