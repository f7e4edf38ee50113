"""A logo as pictures of our own: decoded and drawn again in each size, so that nothing else in the file stays."""

from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

#: Sizes in pixels: beside the name on a page, and the icons of phones.
SIZES = (64, 180, 192, 512)

#: The size whose background is never transparent, because some phones would draw black there.
OPAQUE = 180

#: Sides of a picture that is accepted, in pixels, and its maximum size in bytes.
MIN_SIDE, MAX_SIDE, MAX_BYTES = 64, 2048, 200 * 1024

_FORMATS = ("PNG", "WEBP")
_PAPER = "#fffcf7"


class BadPictureError(Exception):
    """A file is no picture that can be a logo."""


def logo(content: bytes) -> dict[int, bytes]:
    """Return a picture as PNG files by size, each a square with the whole picture in its middle.

    :raise BadPictureError: if it is no PNG or WebP, or too small or too large.
    """
    from PIL import Image  # only needed where a logo is uploaded

    if len(content) > MAX_BYTES:
        raise BadPictureError
    try:
        with Image.open(BytesIO(content), formats=_FORMATS) as picture:
            # The sides are in the head of the file: nothing is decoded before they are known.
            if not all(MIN_SIDE <= side <= MAX_SIDE for side in picture.size):
                raise BadPictureError
            drawn = picture.convert("RGBA")
    except BadPictureError:
        raise
    except Exception as problem:  # a decoder of a broken file raises whatever it meets
        raise BadPictureError from problem
    return {size: _square(drawn, size) for size in SIZES}


def _square(picture: "Image.Image", size: int) -> bytes:
    from PIL import Image, ImageOps

    fitted = ImageOps.contain(picture, (size, size), Image.Resampling.LANCZOS)
    canvas = Image.new("RGBA", (size, size), _PAPER if size == OPAQUE else (0, 0, 0, 0))
    canvas.alpha_composite(fitted, ((size - fitted.width) // 2, (size - fitted.height) // 2))
    file = BytesIO()
    canvas.save(file, "PNG", optimize=True)
    return file.getvalue()
