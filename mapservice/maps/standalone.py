"""A map as part of a page that works without a network: scripts, styles and data stand inside it."""

import base64
import re
from collections.abc import Callable
from html import unescape

from markupsafe import Markup

from mapservice.maps.canvas import Canvas, MapParts, page_parts

_LINKED = re.compile(r'<link rel="stylesheet" href="([^"]*)">|<script src="([^"]*)"[^>]*></script>')

# On paper it is day: what a style would do in the dark is never done.
_DARK = "(prefers-color-scheme: dark)"


def standalone_parts(canvas: Canvas, nonce: str, read: Callable[[str], str]) -> MapParts:
    """The map as pieces for a page of its own; ``read`` gives the text of a file under static/.

    Pictures that a style names are left out: our maps draw without them.

    :raise ForeignPartError: if something of the map is not ours, see ``canvas.page_parts``.
    """
    parts = page_parts(canvas, nonce, address=lambda file: file)
    header = _LINKED.sub(lambda found: _inline(found, nonce, read), str(parts.header))
    return MapParts(Markup(header), parts.html, parts.script)  # noqa: S704 -- our own files, see page_parts


def data_address(content: bytes, mimetype: str = "application/json") -> str:
    """An address that holds its content, for a layer that would otherwise ask the service.

    >>> data_address(b"{}")
    'data:application/json;base64,e30='
    """
    return f"data:{mimetype};base64,{base64.b64encode(content).decode()}"


def style(text: str) -> str:
    """A style sheet as it may stand inside a page: by day, without pictures, and without a way out of its element."""
    without_pictures = re.sub(r"url\([^)]*\)", "none", text)
    return without_pictures.replace(_DARK, "not all").replace("</", "<\\/")


def _inline(found: re.Match[str], nonce: str, read: Callable[[str], str]) -> str:
    if found[1]:
        return f'<style nonce="{nonce}">\n{style(read(unescape(found[1])))}\n</style>'
    # As a module it waits for the page, as a linked one that is deferred does.
    return f'<script nonce="{nonce}">\n{_script(read(unescape(found[2])))}\n</script>'


def _script(text: str) -> str:
    """A script as it may stand inside a page."""
    return re.sub(r"</(script)", r"<\\/\1", text, flags=re.IGNORECASE).replace("<!--", "<\\!--")
