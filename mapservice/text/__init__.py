"""Text, pure: folding names for a search, names that look alike, domains beyond ASCII."""
