"""Jinja filters and functions for translated text, for pages of the service and for exported pages."""

from typing import Any

from jinja2 import Environment, pass_context
from jinja2.runtime import Context

from mapservice.i18n import bidi, dates
from mapservice.i18n.plural_forms import plural_forms
from mapservice.i18n.translation import format_date, format_decimal, get_locale, gettext, ngettext


def add_filters(environment: Environment) -> None:
    """Add filters that format dates, times, months and numbers and isolate names, and the plural forms for scripts."""
    environment.globals["plural_forms"] = plural_forms
    environment.filters.update(
        day=dates.day,
        moment=dates.moment,
        month=lambda day: format_date(day, "MMMM yyyy"),
        numberformat=format_decimal,
        bdi=bidi.bdi,
        isolate=bidi.isolate,
    )


def format_numbers_of_messages(environment: Environment) -> None:
    """Let messages with a number have it in the reader's format: "1,300 people" in English."""
    plain: Any = environment.globals["ngettext"]

    @pass_context
    def ngettext(context: Context, singular: str, plural: str, num: int, **values: Any) -> str:
        message: str = plain(context, singular, plural, num, **{"num": format_decimal(num), **values})
        return message

    environment.globals["ngettext"] = ngettext


def add_words(environment: Environment) -> None:
    """Add the translation functions, for environments without an extension of a web framework."""
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.globals["get_locale"] = get_locale
