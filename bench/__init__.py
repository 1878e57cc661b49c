"""Measurements of speed and size, side by side with the floor: `python3 run.py bench`."""
