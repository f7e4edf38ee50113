"""Locations in the database: homes and pins, counts by zone, clusters and lists for the members' map."""
