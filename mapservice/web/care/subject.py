"""The declaration of the pages for caregivers."""

from mapservice.web.care import after_death, condition_section, pages
from mapservice.web.site.declaration import WebSubject

SUBJECT = WebSubject(pages=(pages.bp, after_death.bp), sections=(condition_section.SECTION,))
