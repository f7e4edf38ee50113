"""Use cases, without HTTP and without SQL of their own. They take a ``Session`` and never commit."""
