"""Places, as pure functions: the zone tree and its levels, tile arithmetic, GeoJSON, codes of countries and regions."""
