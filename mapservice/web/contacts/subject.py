"""The declaration of the pages about contacts."""

from mapservice.web.contacts import pages
from mapservice.web.site.declaration import WebSubject

SUBJECT = WebSubject(pages=(pages.bp,))
