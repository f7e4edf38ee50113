"""Running the service: the private PostgreSQL, the supervisor, its processes, the web server."""
