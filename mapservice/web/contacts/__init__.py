"""Contacts: asking in a conversation, answering, ending it, and the list of one's own contacts."""
