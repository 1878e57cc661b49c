"""Screens: people and roles, audit log."""
