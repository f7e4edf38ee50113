"""What may be known of whom, pure: precision, geomasking, visibility. The part to read first."""
