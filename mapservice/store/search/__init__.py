"""The search over all texts: what is found, by whom, and where the words are in it."""
