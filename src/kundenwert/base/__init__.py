"""Checked tables become one row a customer at an as-of day, and the histories that models see."""
