"""Rows of the catalogue: conditions, their names and codes."""
