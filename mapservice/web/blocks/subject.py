"""The declaration of the pages about blocks."""

from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.web.blocks import pages
from mapservice.web.site.card_actions import CardAction
from mapservice.web.site.declaration import WebSubject

SUBJECT = WebSubject(pages=(pages.bp,), card_actions=(CardAction(_l("Block"), "blocks.ask", "blocks.ask_writer"),))
