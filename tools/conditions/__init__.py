"""How ``data/conditions/conditions.json.gz`` is made (development only)."""
