"""Words, dates and numbers in the reader's language, with a request or without one: pages, commands and the worker.

The language is that of :func:`use_locale` inside its block, else that of the request, else that of the source.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from babel import Locale, dates, numbers
from babel.support import LazyProxy, NullTranslations

from mapservice.i18n.languages import SOURCE, translations

_SOURCE = Locale(SOURCE)
_LOCALE: ContextVar[Locale | None] = ContextVar("locale", default=None)

# How the language of a request is found, once there are pages; it returns None outside a request.
_of_request: list[Callable[[], Locale | None]] = []


def follow(of_request: Callable[[], Locale | None]) -> None:
    """Speak the language of the request wherever there is one."""
    _of_request[:] = [of_request]


def get_locale() -> Locale:
    """Return the language that is spoken here."""
    return _LOCALE.get() or next((locale for find in _of_request if (locale := find())), _SOURCE)


@contextmanager
def use_locale(locale: Locale | str) -> Iterator[None]:
    """Speak a language inside the block."""
    token = _LOCALE.set(Locale.parse(locale))
    try:
        yield
    finally:
        _LOCALE.reset(token)


def gettext(message: str, **values: Any) -> str:
    """Return a message in the reader's language, with its gaps filled in."""
    translated = _translations().ugettext(message)
    return translated % values if values else translated


def ngettext(singular: str, plural: str, num: int, **values: Any) -> str:
    """Return a message in the plural form that a number asks for; ``num`` is one of its gaps."""
    translated = _translations().ungettext(singular, plural, num)
    return translated % {"num": num, **values}


def lazy_gettext(message: str, **values: Any) -> LazyProxy:
    """Return a message that is translated each time it is read."""
    return LazyProxy(gettext, message, enable_cache=False, **values)


def format_date(day: dt.date, format: str = "medium") -> str:
    """Return a day as the reader writes it."""
    return dates.format_date(day, format, get_locale())


def format_time(at: dt.datetime, format: str = "medium") -> str:
    """Return the time of a moment as the reader writes it, in the time zone of the moment."""
    return dates.format_time(at, format, locale=get_locale())


def format_decimal(number: float) -> str:
    """Return a number as the reader writes it."""
    return numbers.format_decimal(number, locale=get_locale())


def _translations() -> NullTranslations:
    return translations(str(get_locale()))
