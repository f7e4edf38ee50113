"""Conversations: two members who write to each other, encrypted."""
