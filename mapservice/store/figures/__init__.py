"""Rows of figures: who is counted, releases, what is published, and the audit log."""
