"""What places declare of their pages."""

from flask import Flask

from mapservice.config import Config
from mapservice.web.places import after_a_move, hiding, location, privacy_page, zone_data
from mapservice.web.site.declaration import WebSubject


def _start(app: Flask, _config: Config) -> None:
    # For the button "Hide me everywhere" on every page.
    app.context_processor(lambda: {"is_shown": hiding.is_shown, "shown_in": hiding.shown_in})


SUBJECT = WebSubject(
    pages=(privacy_page.bp, location.bp, after_a_move.bp, hiding.bp, zone_data.bp),
    # An old address of the location page is led to a new one.
    queries=frozenset({"in", "country"}),
    start=_start,
)
