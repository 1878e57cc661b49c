"""Screens: files in, format, mapping, check, valuation."""
