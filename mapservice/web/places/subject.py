"""The declaration of the location pages."""

from flask import Flask

from mapservice.config import Config
from mapservice.web.places import after_a_move, hiding, location, privacy_page, zone_data
from mapservice.web.site.declaration import WebSubject


def _start(app: Flask, _config: Config) -> None:
    zone_data.init_app(app)
    # For the button "Hide me everywhere" on every page.
    app.context_processor(lambda: {"is_shown": hiding.is_shown, "shown_in": hiding.shown_in})


SUBJECT = WebSubject(
    pages=(privacy_page.bp, location.bp, after_a_move.bp, hiding.bp, zone_data.bp),
    # Redirects an old URL of the location page.
    queries=frozenset({"in", "country"}),
    start=_start,
)
