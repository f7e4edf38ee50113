"""Places, pure: the zone tree and its levels, tile arithmetic, GeoJSON, codes of countries and regions."""
