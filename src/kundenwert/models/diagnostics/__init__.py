"""What charts of a fit show, as records: one file a chart, from fit and histories alone. Each gives what the chart of its name draws."""
