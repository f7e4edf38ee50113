"""The declaration of the API."""

from mapservice.web.api import figures_api, guide, ogc, openapi
from mapservice.web.site.declaration import WebSubject

# The query parameters are declared on each view.
SUBJECT = WebSubject(pages=(guide.bp, figures_api.bp, openapi.bp, ogc.bp))
