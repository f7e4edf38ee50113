"""Blocking people, and the list of those whom a member has blocked."""
