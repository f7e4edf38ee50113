"""A map as part of a page that works offline: with scripts, styles and data included."""

import base64
import re
from collections.abc import Callable

from markupsafe import Markup

from mapservice.maps import modules
from mapservice.maps.canvas import Canvas, MapParts, imports, module_element
from mapservice.maps.pieces import map_pieces

# Styles for the dark colour scheme, which a printed page must not use.
_DARK = "(prefers-color-scheme: dark)"


def standalone_parts(canvas: Canvas, nonce: str, read: Callable[[str], str]) -> MapParts:
    """Return the pieces of a map for a page of its own; ``read`` returns the text of a file under static/.

    Images in styles are left out: our maps do not need them.

    :raise ForeignPartError: if a part of the map is not ours, see ``canvas.page_parts``.
    """
    pieces = map_pieces(canvas)
    link, classic = Markup('<style nonce="{}">\n{}\n</style>'), Markup('<script nonce="{}">\n{}\n</script>')
    header = [
        *(link.format(nonce, Markup(style(read(file)))) for file in pieces.styles),  # noqa: S704 -- our own files
        *(classic.format(nonce, Markup(_script(read(file)))) for file in pieces.scripts),  # noqa: S704 -- the same
    ]
    script = _script(modules.bundle(imports(pieces, address=lambda file: file), read))
    return MapParts(Markup("\n").join(header), pieces.html, module_element(script, nonce))


def data_url(content: bytes, mimetype: str = "application/json") -> str:
    """Return a data URL, for a layer that would otherwise request the data from the service.

    >>> data_url(b"{}")
    'data:application/json;base64,e30='
    """
    return f"data:{mimetype};base64,{base64.b64encode(content).decode()}"


def style(text: str) -> str:
    """Return a style sheet for inclusion in a page: light colours, no images, no end tag."""
    without_pictures = re.sub(r"url\([^)]*\)", "none", text)
    return without_pictures.replace(_DARK, "not all").replace("</", "<\\/")


def _script(text: str) -> str:
    """Return a script for inclusion in a page."""
    return re.sub(r"</(script)", r"<\\/\1", text, flags=re.IGNORECASE).replace("<!--", "<\\!--")
