"""The people near a member, as counts and as lists."""
