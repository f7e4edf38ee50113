"""Rows of the zone tree and the base map."""
