"""Communities: joining and leaving the community of a condition, and consents."""
