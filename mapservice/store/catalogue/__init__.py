"""The catalogue in the database: conditions, their names and codes."""
