"""Which texts of members are held before anybody reads them, and why, as pure functions."""
