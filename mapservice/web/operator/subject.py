"""The declaration of the pages of the operator."""

from flask import Flask

from mapservice.config import Config
from mapservice.i18n.operator_words import TEXT_TITLES
from mapservice.web.operator import about, conditions, logo, look, moderators, pages, texts
from mapservice.web.site.declaration import WebSubject


def _start(app: Flask, _config: Config) -> None:
    app.jinja_env.globals.update(
        text_titles=TEXT_TITLES,
        logo_address=look.logo_address,
        own_stylesheet=look.own_stylesheet,
        theme_colours=look.theme_colours,
    )


SUBJECT = WebSubject(
    pages=(pages.bp, texts.bp, conditions.bp, moderators.bp, logo.bp, about.bp, look.bp),
    queries=frozenset({"page", "q"}),
    start=_start,
)
