"""Numerics: arrays in, arrays out. Knows no customers."""
