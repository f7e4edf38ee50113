"""Reporting somebody to the moderators, and the moderators' list."""
