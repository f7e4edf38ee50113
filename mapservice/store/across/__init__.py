"""Tasks across all subjects: collected declarations, cleanup, rights, my data, restores, the demo."""
