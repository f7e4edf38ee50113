"""Conversations: writing to somebody, the inbox, and who may write."""
