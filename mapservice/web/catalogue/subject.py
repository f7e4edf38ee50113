"""The declaration of the catalogue pages."""

from mapservice.web.catalogue import condition_pages
from mapservice.web.site.declaration import WebSubject

SUBJECT = WebSubject(
    pages=(condition_pages.bp,),
    queries=frozenset({"q", "letter", "page"}),
    start=lambda app, _config: app.jinja_env.globals.update(is_for_few=condition_pages.is_for_few),
)
