"""Immutable results on disk: write, read, list. A run is built in a hidden folder and renamed when it is complete."""
