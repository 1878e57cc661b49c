"""Forecasts held against what came: what was known at an origin, how each forecast did, and which of them is chosen. Arrays only."""
