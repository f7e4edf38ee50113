"""Communities in the database: memberships and consents."""
