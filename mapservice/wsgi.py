"""What the web server loads in each of its processes: the service, with the settings of the environment."""

from mapservice import create_app, logs
from mapservice.gateway import Gateway

logs.configure()
app = create_app()
gateway = Gateway(app.wsgi_app)
