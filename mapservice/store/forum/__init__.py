"""The forum of each condition."""
