"""The members' map of a condition, its table, and profile cards."""
