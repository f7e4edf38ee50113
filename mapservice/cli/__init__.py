"""Commands: one file per subject."""
