"""Screens: the planner and the plans."""
