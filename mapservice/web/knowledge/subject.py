"""The declaration of the questions about conditions and their answers."""

from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.web.knowledge import (
    article_pages,
    change_pages,
    condition_section,
    editor_pages,
    feed,
    feedback_pages,
    question_pages,
    remark_pages,
    search,
    sitemap,
)
from mapservice.web.knowledge.editable import is_editor
from mapservice.web.site.declaration import WebSubject
from mapservice.web.site.navigation_entries import NavigationEntry

SUBJECT = WebSubject(
    pages=(
        *(question_pages.bp, change_pages.bp, article_pages.bp, editor_pages.bp, sitemap.bp, feed.bp),
        *(feedback_pages.bp, remark_pages.bp),
    ),
    queries=frozenset({"page"}),
    sections=(condition_section.SECTION,),
    navigation=(NavigationEntry(_l("Articles"), "articles.mine", is_shown=is_editor),),
    search_groups=(search.GROUP,),
    search_answers=(search.ANSWERS,),
)
