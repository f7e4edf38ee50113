"""The database: the only package with SQL. Its functions take a ``Session`` and never commit."""
