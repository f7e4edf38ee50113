"""The declaration of the figure pages."""

from mapservice.web.figures import (
    comparison,
    condition_section,
    country_page,
    embed,
    export_log,
    public_figures,
    staff_export,
    staff_overview,
)
from mapservice.web.site.declaration import WebSubject

SUBJECT = WebSubject(
    pages=(
        condition_section.bp,
        country_page.bp,
        embed.bp,
        export_log.bp,
        staff_overview.bp,
        comparison.bp,
        staff_export.bp,
    ),
    queries=frozenset({"q", "page", "release", "before", "after", "condition"}),
    repeated=frozenset({"condition"}),
    sections=(condition_section.SECTION,),
    start=lambda app, _config: public_figures.init_app(app),
)
