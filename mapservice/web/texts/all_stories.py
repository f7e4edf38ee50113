"""The stories about all conditions: for visitors the public ones, for members all that they can read."""

from collections.abc import Sequence
from functools import partial

from flask import Blueprint, Response, render_template, request

from mapservice.db import get_session
from mapservice.i18n import profile_words
from mapservice.i18n.text_words import shown_text
from mapservice.i18n.translation import get_locale
from mapservice.privacy.texts import Reader
from mapservice.store.across.page_versions import public_stories_version
from mapservice.store.texts import everywhere, readers
from mapservice.store.texts.everywhere import Told
from mapservice.web.accounts import login
from mapservice.web.accounts.access import public
from mapservice.web.site import pagination, rate_limits
from mapservice.web.site.languages import addresses, in_every_language, keeps_queries
from mapservice.web.site.shared_pages import shared_page

bp = Blueprint("all_stories", __name__)

#: Stories on a page of their list.
PAGE = 20


@bp.get("/stories")
@rate_limits.unlimited  # shared_page counts what it has to render
@public
@in_every_language
@keeps_queries("written_in")
def index() -> Response:
    """List the stories about all conditions that this viewer can read, perhaps only those in one language."""
    return shared_page(public_stories_version, _page)


def _page() -> str:
    reader = readers.reader(get_session(), login.viewer())
    spoken = sorted(_languages(reader), key=lambda code: profile_words.language_name(code).casefold())
    asked = request.args.get("written_in", "")
    chosen = asked if asked in spoken else None
    texts = pagination.load_page(partial(_load, reader, chosen), PAGE)
    return render_template(
        "texts/all_stories.html",
        texts=texts,
        rows=[(text, condition, shown_text(text.row)) for text, condition in texts.rows],
        languages_told=[(code, profile_words.language_name(code)) for code in spoken],
        chosen=chosen,
        # A page of a language in which there are none is that of all of them, and no address of its own.
        canonical=addresses().get(str(get_locale()), "") if asked in ("", chosen) else "",
    )


def _languages(reader: Reader) -> Sequence[str]:
    if reader.member is None:
        return everywhere.public_languages(get_session())
    return everywhere.readable_languages(get_session(), reader)


def _load(reader: Reader, language: str | None, *, limit: int, offset: int) -> tuple[int, Sequence[Told]]:
    if reader.member is None:
        return everywhere.public(get_session(), language, limit=limit, offset=offset)
    return everywhere.readable(get_session(), reader, language, limit=limit, offset=offset)
