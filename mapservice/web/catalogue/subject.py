"""The declaration of the catalogue pages."""

from mapservice.web.catalogue import condition_pages
from mapservice.web.site.declaration import WebSubject

SUBJECT = WebSubject(pages=(condition_pages.bp,), queries=frozenset({"q", "letter", "page"}))
