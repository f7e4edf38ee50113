"""The declaration of the search."""

from mapservice.web.search import pages
from mapservice.web.site.declaration import WebSubject

SUBJECT = WebSubject(pages=(pages.bp,), queries=frozenset({"q", "kind", "written_in", "condition", "page"}))
