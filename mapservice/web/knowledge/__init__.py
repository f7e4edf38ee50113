"""The questions about a condition and their answers: pages, facts from public sources, what search engines read."""
