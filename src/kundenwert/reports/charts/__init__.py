"""Charts as Vega-Lite specs: one function a file takes records and a language and gives a plain dict.

The spec carries its own text alternative (`description`), its headings and its data as a table (`usermeta`), so every place that shows it
can show those too. `to_svg` and `to_png` draw it without browser and without network.
"""

from kundenwert.reports.charts._render import to_png, to_svg
from kundenwert.reports.charts._shown import Chart

__all__ = ["Chart", "to_png", "to_svg"]
