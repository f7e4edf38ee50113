"""The declaration of the facts about conditions."""

from mapservice.web.knowledge import condition_section
from mapservice.web.site.declaration import WebSubject

SUBJECT = WebSubject(pages=(), sections=(condition_section.SECTION,))
