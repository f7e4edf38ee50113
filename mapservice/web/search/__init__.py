"""The search over conditions, answers and texts."""
