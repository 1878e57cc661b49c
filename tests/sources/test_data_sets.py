"""The public data sets, read from their raw files."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal

from kundenwert.sources import Wanted, inspect, open_lines


def totals(engine, view):
    query = f"select count(*), sum(amount), count(day), count(distinct customer_id) from {view}"
    return engine._connection.execute(query).fetchall()[0]


def test_online_retail_has_its_lines_and_its_money(engine, data_folder, scratch):
    found = inspect(engine, data_folder / "online_retail_2009_2010_lines.csv.gz", Wanted(), scratch=scratch).or_raise()
    file = open_lines(engine, found, "online_retail")
    assert file.lines == 525_461
    assert totals(engine, "online_retail") == (525_461, Decimal("9539484.634"), 525_461, 4_383)


def test_the_cdnow_sample_is_read_with_names_given(engine, data_folder, scratch):
    wanted = Wanted(columns=("master_id", "customer_id", "date", "quantity", "amount"))
    found = inspect(engine, data_folder / "CDNOW_sample.txt", wanted, scratch=scratch).or_raise()
    assert open_lines(engine, found, "cdnow").lines == 6_919
    assert totals(engine, "cdnow") == (6_919, Decimal("244091.94"), 6_919, 2_357)


def test_the_cdnow_master_is_read_by_its_header(engine, data_folder, scratch):
    found = inspect(engine, data_folder / "CDNOW_master.txt", Wanted(), scratch=scratch).or_raise()
    open_lines(engine, found, "cdnow_master")
    assert totals(engine, "cdnow_master") == (69_659, Decimal("2500315.63"), 69_659, 23_570)


def test_reading_text_imports_no_data_frame_package(tmp_path):
    (tmp_path / "sales.csv").write_text("Kunde;Datum;Betrag\n1;31.12.2024;1,50\n", encoding="utf-8")
    program = (
        "import sys; from pathlib import Path; from kundenwert.engines import open_engine; "
        "from kundenwert.sources import *; folder = Path(sys.argv[1]); engine = open_engine(); "
        "open_lines(engine, inspect(engine, folder / 'sales.csv', Wanted(), scratch=folder), 'lines'); "
        "print([name for name in ('pandas', 'polars', 'pyarrow', 'fastexcel') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
