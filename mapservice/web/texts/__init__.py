"""Texts of members: stories and experiences, reading and writing them, and what moderators decide about them."""
