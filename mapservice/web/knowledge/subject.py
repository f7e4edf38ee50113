"""The declaration of the questions about conditions and their answers."""

from mapservice.web.knowledge import article_pages, condition_section, editor_pages, question_pages, sitemap
from mapservice.web.site.declaration import WebSubject

SUBJECT = WebSubject(
    pages=(question_pages.bp, article_pages.bp, editor_pages.bp, sitemap.bp), sections=(condition_section.SECTION,)
)
