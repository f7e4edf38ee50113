"""The declaration of the pages for caregivers."""

from mapservice.web.care import pages
from mapservice.web.site.declaration import WebSubject

SUBJECT = WebSubject(pages=(pages.bp,))
