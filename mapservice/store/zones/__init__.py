"""The zone tree and the base map in the database."""
