"""The face: the only room that speaks HTTP. One blueprint a file; templates in ``templates/<file>/<action>.html``."""

from flask import Flask
from flask_babel import Babel, format_date, format_decimal, get_locale

from mapservice.config import Config
from mapservice.i18n import bidi
from mapservice.web.accounts import (
    access,
    age,
    email_change,
    my_data,
    quick_exit,
    restore_review,
    settings,
    sign_in,
    sign_up,
    staff_access,
    two_factor,
)
from mapservice.web.api import figures_api, guide, ogc, openapi
from mapservice.web.catalogue import condition_pages
from mapservice.web.community import consents, memberships
from mapservice.web.figures import comparison, condition_section, embed, export_log, staff_export, staff_overview
from mapservice.web.members_map import members_map
from mapservice.web.places import after_a_move, hiding, location, privacy_page, zone_data
from mapservice.web.site import (
    condition_sections,
    error_pages,
    form_versions,
    headers,
    request_filter,
    retries,
    unreadable_requests,
)

_PAGES = (
    *(
        sign_up,
        settings,
        email_change,
        age,
        two_factor,
        condition_pages,
        condition_section,
        embed,
        privacy_page,
        memberships,
        consents,
    ),
    *(my_data, export_log, location, after_a_move, hiding, quick_exit, members_map, zone_data),
    *(staff_overview, comparison, staff_export, restore_review),
)


def init_app(app: Flask, config: Config) -> None:
    """Join the pages, their headers and their answers to errors to the app."""
    Babel(app, default_locale="en")
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(lambda: {"site": config, "get_locale": get_locale, "is_admin": staff_access.is_admin})
    app.context_processor(lambda: {"is_shown": hiding.is_shown, "shown_in": hiding.shown_in})
    bidi.init_app(app)
    headers.init_app(app)
    error_pages.init_app(app)
    retries.init_app(app, app.extensions["engine"])
    sign_in.init_app(app, config)
    request_filter.init_app(app)
    unreadable_requests.init_app(app)
    form_versions.init_app(app)
    access.public(app.view_functions["static"])
    app.jinja_env.filters.update(month=lambda day: format_date(day, "MMMM yyyy"), numberformat=format_decimal)
    for page in _PAGES:
        app.register_blueprint(page.bp)
    condition_sections.add(app, condition_section.SECTION)
    for interface in (guide, figures_api, openapi, ogc):
        app.register_blueprint(interface.bp)
