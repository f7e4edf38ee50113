"""The declaration of the pages about reports."""

from flask import Flask

from mapservice.config import Config
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.web.accounts import staff_access
from mapservice.web.reports import blocked, messages, moderation, pages, texts
from mapservice.web.site.card_actions import CardAction
from mapservice.web.site.declaration import WebSubject


def _start(app: Flask, config: Config) -> None:
    pages.init_app(app, config)
    app.jinja_env.globals["is_moderator"] = staff_access.is_moderator


SUBJECT = WebSubject(
    pages=(texts.bp, pages.bp, messages.bp, blocked.bp, moderation.bp),
    queries=frozenset({"page", "before"}),
    card_actions=(CardAction(_l("Report"), "reports.ask"),),
    start=_start,
)
