"""Memory: the only room that speaks SQL. Takes a ``Session``, never commits."""
