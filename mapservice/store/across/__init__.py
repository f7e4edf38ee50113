"""What goes across all subjects: their declarations taken together, cleanup, rights, my data, restores, the demo."""
