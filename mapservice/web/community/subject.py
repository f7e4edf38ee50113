"""The declaration of the community pages."""

from mapservice.web.community import consents, memberships
from mapservice.web.site.declaration import WebSubject

SUBJECT = WebSubject(pages=(memberships.bp, consents.bp))
