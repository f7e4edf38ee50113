"""Figures in the database: counted members, releases, published figures, and the audit log."""
