"""Rows that all subjects share: rate limits, operations, the mail queue, fingerprints of keys, rights of the roles."""
