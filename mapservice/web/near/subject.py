"""The declaration of the pages of people near a member."""

from mapservice.web.near import pages
from mapservice.web.site.declaration import WebSubject

SUBJECT = WebSubject(pages=(pages.bp,), queries=frozenset({"role", "language", "looking_for", "duration", "page"}))
