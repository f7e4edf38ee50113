"""Rows of communities: memberships and consents."""
