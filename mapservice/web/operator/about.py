"""The public pages with the texts of the operator, such as the imprint."""

from flask import Blueprint, abort, render_template
from markupsafe import Markup

from mapservice.db import get_session
from mapservice.i18n.languages import LANGUAGES, SOURCE
from mapservice.i18n.operator_words import TEXT_TITLES
from mapservice.i18n.translation import get_locale
from mapservice.store.operator import texts
from mapservice.store.tables.operator import TextKind
from mapservice.text import markdown
from mapservice.web.accounts.access import public
from mapservice.web.site.languages import in_every_language
from mapservice.web.site.service import service_settings

bp = Blueprint("about", __name__)


@bp.get("/about/<kind>")
@public
@in_every_language
def show(kind: str) -> str:
    """Show a text in the reader's language, otherwise in one that it has."""
    written = service_settings().texts.get(kind, ())
    if not written:
        abort(404)
    preferred = (get_locale().language, SOURCE, *written)
    language = next(language for language in preferred if language in written)
    latest = texts.current(get_session(), TextKind(kind), language)
    return render_template(
        "operator/about.html",
        title=TEXT_TITLES[TextKind(kind)],
        text=rendered(latest.source if latest else ""),
        written_in=language,
        language_name=LANGUAGES.get(language, language),
    )


def rendered(source: str) -> Markup:
    """Return a text as HTML."""
    return Markup(markdown.to_html(source))  # noqa: S704 -- cleaned by nh3
