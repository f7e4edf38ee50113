"""The settings of the operator for pages: read once for each request, and the last known ones without a database."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

from flask import Flask, current_app, g
from sqlalchemy.exc import SQLAlchemyError

from mapservice.config import Config
from mapservice.current import current_config
from mapservice.db import get_session
from mapservice.store.operator import settings
from mapservice.store.operator.settings import ServiceSettings

_LAST, _OF_REQUEST = "last_service_settings", "service_settings"


class Site:
    """What pages say about the service: what the operator set in the browser, otherwise what the environment says.

    Nothing is read before a page asks for it.
    """

    def __init__(self, config: Config) -> None:
        self._config = config

    @property
    def settings(self) -> ServiceSettings:
        """What the operator has set in the browser."""
        return service_settings()

    @property
    def site_name(self) -> str:
        """The name of the service."""
        return self.settings.name or self._config.site_name

    @property
    def name_in_emails(self) -> str:
        """The name in e-mails and on the phones of members; empty if it has a word from the name of a condition."""
        return self.settings.name_in_emails(self._config.site_name)

    @property
    def contact(self) -> str:
        """The e-mail address of the people who run the service."""
        return self.settings.contact or self._config.contact

    @property
    def config(self) -> Config:
        """The settings of this process, with the name that the service has now."""
        return replace(self._config, site_name=self.site_name)

    def __getattr__(self, name: str) -> Any:
        """Return a setting that is only in the environment."""
        return getattr(self._config, name)


def init_app(app: Flask, config: Config) -> None:
    """Let templates know the service."""
    app.extensions[_LAST] = ServiceSettings()
    app.context_processor(lambda: {"site": Site(config)})


def current_site() -> Site:
    """Return what pages say about the service."""
    return Site(current_config())


def service_settings() -> ServiceSettings:
    """Return what the operator has set; what it last was if the database does not answer."""
    if _OF_REQUEST not in g:
        with suppress(SQLAlchemyError):
            current_app.extensions[_LAST] = settings.load(get_session())
        setattr(g, _OF_REQUEST, current_app.extensions[_LAST])
    known: ServiceSettings = getattr(g, _OF_REQUEST)
    return known


def use_last_known() -> None:
    """Ask the database no more in this request: it has failed."""
    g.setdefault(_OF_REQUEST, current_app.extensions[_LAST])


def read_again() -> None:
    """Read the settings again in this request: they have changed."""
    g.pop(_OF_REQUEST, None)
