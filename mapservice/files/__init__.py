"""What leaves the house as a file: released figures in the formats that tools of others open. No HTTP, no SQL."""
