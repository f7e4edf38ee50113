"""The face: the only room that speaks HTTP. One blueprint a file; templates in ``templates/<file>/<action>.html``."""

from flask import Flask
from flask_babel import Babel, get_locale

from mapservice.config import Config
from mapservice.web import conditions, errors, headers, promises


def init_app(app: Flask, config: Config) -> None:
    """Join the pages, their headers and their answers to errors to the app."""
    Babel(app, default_locale="en")
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(lambda: {"site": config, "get_locale": get_locale})
    headers.init_app(app)
    errors.init_app(app)
    app.register_blueprint(conditions.bp)
    app.register_blueprint(promises.bp)
