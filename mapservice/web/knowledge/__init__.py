"""What public sources say about a condition, on its page."""
