"""Which texts of members are held before others read them, and why. ``moderation/shield.py`` decides."""
