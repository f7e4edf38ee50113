"""Blocks: members who do not exist for each other."""
