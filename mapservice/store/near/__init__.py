"""The people near a member."""
