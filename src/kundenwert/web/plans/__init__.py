"""The planner, and the plans that came of it."""
