"""The face: the only room that speaks HTTP. One blueprint a file; templates in ``templates/<file>/<action>.html``."""

from flask import Flask
from flask_babel import Babel, format_date, format_decimal, get_locale

from mapservice.config import Config
from mapservice.web import (
    account,
    accounts,
    admin,
    age,
    bidi,
    comparison,
    conditions,
    consents,
    data,
    email_change,
    embed,
    entrance,
    errors,
    exports,
    factor,
    ground,
    guards,
    handing,
    headers,
    hiding,
    leaving,
    map,
    memberships,
    moved,
    place,
    promises,
    requests,
    retries,
    review,
    sign_up,
    staffroom,
    versions,
)
from mapservice.web.interface import api, document, guide, ogc

_PAGES = (
    *(sign_up, account, email_change, age, factor, conditions, embed, promises, memberships, consents),
    *(data, exports, place, moved, hiding, leaving, map, ground),
    *(admin, comparison, handing, review),
)


def init_app(app: Flask, config: Config) -> None:
    """Join the pages, their headers and their answers to errors to the app."""
    Babel(app, default_locale="en")
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(lambda: {"site": config, "get_locale": get_locale, "is_admin": staffroom.is_admin})
    app.context_processor(lambda: {"is_shown": hiding.is_shown, "shown_in": hiding.shown_in})
    bidi.init_app(app)
    headers.init_app(app)
    errors.init_app(app)
    retries.init_app(app, app.extensions["engine"])
    accounts.init_app(app, config)
    entrance.init_app(app)
    requests.init_app(app)
    versions.init_app(app)
    guards.public(app.view_functions["static"])
    app.jinja_env.filters.update(month=lambda day: format_date(day, "MMMM yyyy"), numberformat=format_decimal)
    for page in _PAGES:
        app.register_blueprint(page.bp)
    for interface in (guide, api, document, ogc):
        app.register_blueprint(interface.bp)
