"""The fault suite: what is killed comes back, and what was answered as saved is saved, once and whole."""
