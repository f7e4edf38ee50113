"""Data shared by all subjects: rate limits, operations, the mail queue, key fingerprints, rights of the roles."""
