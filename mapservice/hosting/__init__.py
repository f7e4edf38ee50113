"""What makes two commands enough: the private PostgreSQL, the supervisor, its processes, the web server."""
