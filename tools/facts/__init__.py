"""How ``data/facts`` is made (development only)."""
