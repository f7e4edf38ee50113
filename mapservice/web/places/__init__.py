"""A member's location: choosing it, hiding, moving, and the privacy page."""
