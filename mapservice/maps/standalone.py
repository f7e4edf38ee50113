"""A map as part of a page that works without a network: scripts, styles and data stand inside it."""

import base64
import re
from collections.abc import Callable

from markupsafe import Markup

from mapservice.maps import modules
from mapservice.maps.canvas import Canvas, MapParts, imports, module_element, pieces_of

# On paper it is day: what a style would do in the dark is never done.
_DARK = "(prefers-color-scheme: dark)"


def standalone_parts(canvas: Canvas, nonce: str, read: Callable[[str], str]) -> MapParts:
    """The map as pieces for a page of its own; ``read`` gives the text of a file under static/.

    Pictures that a style names are left out: our maps draw without them.

    :raise ForeignPartError: if something of the map is not ours, see ``canvas.page_parts``.
    """
    pieces = pieces_of(canvas)
    link, classic = Markup('<style nonce="{}">\n{}\n</style>'), Markup('<script nonce="{}">\n{}\n</script>')
    header = [
        *(link.format(nonce, Markup(style(read(file)))) for file in pieces.styles),  # noqa: S704 -- our own files
        *(classic.format(nonce, Markup(_script(read(file)))) for file in pieces.scripts),  # noqa: S704 -- the same
    ]
    script = _script(modules.bundle(imports(pieces, address=lambda file: file), read))
    return MapParts(Markup("\n").join(header), pieces.html, module_element(script, nonce))


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


def _script(text: str) -> str:
    """A script as it may stand inside a page."""
    return re.sub(r"</(script)", r"<\\/\1", text, flags=re.IGNORECASE).replace("<!--", "<\\!--")
