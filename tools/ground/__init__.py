"""The ground: builds the zone tree of the world from public sources (development only)."""
