"""Texts, dates and numbers in the reader's language, inside and outside a request: pages, commands and the worker.

The language is that of :func:`use_locale` inside its block, otherwise that of the request, otherwise English.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from babel import Locale, dates, numbers
from babel.support import LazyProxy, NullTranslations

from mapservice.i18n.languages import SOURCE, translations

#: A message, translated now or each time it is read.
Message = str | LazyProxy

_SOURCE = Locale(SOURCE)
_LOCALE: ContextVar[Locale | None] = ContextVar("locale", default=None)

# Returns the language of the request, or None outside a request; set by the web application.
_of_request: list[Callable[[], Locale | None]] = []


def use_request_locale(of_request: Callable[[], Locale | None]) -> None:
    """Use the language of the request, if there is one."""
    _of_request[:] = [of_request]


def get_locale() -> Locale:
    """Return the current language."""
    return _LOCALE.get() or next((locale for find in _of_request if (locale := find())), _SOURCE)


@contextmanager
def use_locale(locale: Locale | str) -> Iterator[None]:
    """Use a language inside the block."""
    token = _LOCALE.set(Locale.parse(locale))
    try:
        yield
    finally:
        _LOCALE.reset(token)


def gettext(message: str, **values: Any) -> str:
    """Return a message in the reader's language, with its placeholders filled in."""
    translated = _translations().ugettext(message)
    return translated % values if values else translated


def ngettext(singular: str, plural: str, num: int, **values: Any) -> str:
    """Return a message in the plural form of a number; ``num`` is one of its placeholders, in the reader's format."""
    translated = _translations().ungettext(singular, plural, num)
    return translated % {"num": format_decimal(num), **values}


def lazy_gettext(message: str, **values: Any) -> LazyProxy:
    """Return a message that is translated each time it is read."""
    return LazyProxy(gettext, message, enable_cache=False, **values)


def format_date(day: dt.date, format: str = "medium") -> str:
    """Return a date in the reader's format."""
    return dates.format_date(day, format, get_locale())


def format_time(at: dt.datetime, format: str = "medium") -> str:
    """Return the time of a datetime in the reader's format, in its own time zone."""
    return dates.format_time(at, format, locale=get_locale())


def format_decimal(number: float) -> str:
    """Return a number in the reader's format."""
    return numbers.format_decimal(number, locale=get_locale())


def _translations() -> NullTranslations:
    return translations(str(get_locale()))
