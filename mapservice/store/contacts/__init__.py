"""Contacts: two people of a community who both agreed to it, inside their conversation."""
