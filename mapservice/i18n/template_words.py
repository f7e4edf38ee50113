"""What templates need to speak the reader's language, for pages of the service and for files that are pages."""

from jinja2 import Environment

from mapservice.i18n import bidi, dates
from mapservice.i18n.translation import format_date, format_decimal, get_locale, gettext, ngettext


def add_filters(environment: Environment) -> None:
    """Let templates write days, moments, months, numbers, and names of either direction."""
    environment.filters.update(
        day=dates.day,
        moment=dates.moment,
        month=lambda day: format_date(day, "MMMM yyyy"),
        numberformat=format_decimal,
        bdi=bidi.bdi,
        isolate=bidi.isolate,
    )


def add_words(environment: Environment) -> None:
    """Let templates translate, where no extension of a web framework does it."""
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.globals["get_locale"] = get_locale
