"""The declaration of the pages about profiles."""

from mapservice.web.profiles import pages
from mapservice.web.site.declaration import WebSubject

SUBJECT = WebSubject(pages=(pages.bp,))
