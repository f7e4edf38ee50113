"""What the web server loads in each of its processes: the service, with the settings of the environment."""

from mapservice import create_app, logs

logs.configure()
app = create_app()
