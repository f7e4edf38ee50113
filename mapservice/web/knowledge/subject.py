"""The declaration of the questions about conditions and their answers."""

from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.web.knowledge import (
    article_pages,
    change_pages,
    condition_section,
    editor_pages,
    feed,
    feedback_pages,
    follow_pages,
    question_pages,
    remark_pages,
    search,
    sitemap,
)
from mapservice.web.knowledge.editable import has_articles
from mapservice.web.site.declaration import WebSubject
from mapservice.web.site.navigation_entries import NavigationEntry

SUBJECT = WebSubject(
    pages=(
        *(question_pages.bp, change_pages.bp, article_pages.bp, editor_pages.bp, sitemap.bp, feed.bp),
        *(feedback_pages.bp, follow_pages.bp, remark_pages.bp),
    ),
    queries=frozenset({"page"}),
    sections=(condition_section.SECTION,),
    navigation=(NavigationEntry(_l("Articles"), "articles.mine", follow_pages.unseen, has_articles),),
    search_groups=(search.GROUP,),
    search_answers=(search.ANSWERS,),
)
