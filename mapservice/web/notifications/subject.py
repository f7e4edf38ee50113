"""The declaration of the pages of e-mail notifications."""

from mapservice.web.notifications import pages
from mapservice.web.site.declaration import WebSubject

SUBJECT = WebSubject(pages=(pages.bp,))
