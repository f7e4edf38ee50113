"""Released figures as files, in common formats. No HTTP, no SQL."""
