"""Spend models, one file a model."""
