"""A logo is drawn again, and nothing else in its file stays."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image, PngImagePlugin

from mapservice.files import pictures
from mapservice.files.pictures import MAX_BYTES, OPAQUE, SIZES, BadPictureError


def picture(size: tuple[int, int] = (128, 64), form: str = "PNG", **more) -> bytes:
    file = BytesIO()
    Image.new("RGBA", size, (200, 30, 30, 255)).save(file, form, **more)
    return file.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(side: int) -> bytes:
    """A small PNG that says that it is large."""
    head = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_a_picture_becomes_a_square_in_each_size(form):
    drawn = pictures.logo(picture(form=form))

    for size in SIZES:
        with Image.open(BytesIO(drawn[size])) as image:
            assert (image.format, image.size) == ("PNG", (size, size))
            assert image.getpixel((size // 2, size // 2))[:3] == pytest.approx((200, 30, 30), abs=3)
            corner = image.convert("RGBA").getpixel((0, 0))
            assert corner == ((255, 252, 247, 255) if size == OPAQUE else (0, 0, 0, 0))


def test_never_keeps_words_or_profiles_of_a_file():
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", "CanaryName")
    exif = Image.Exif()
    exif[0x010E] = "CanaryPlace"
    sent = picture(pnginfo=words, exif=exif, icc_profile=b"CanaryProfile")
    assert b"Canary" in sent

    assert all(b"Canary" not in content for content in pictures.logo(sent).values())


BAD = {
    "nothing": b"",
    "words": b"a logo",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "gif": b"GIF89a\x40\x00\x40\x00\x00\x00\x00;",
    "jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00",
    "half a png": picture()[:60],
    "a png with a broken part": picture().replace(b"IDAT", b"IDAX"),
    "a small picture": picture((63, 64)),
    "a wide picture": picture((2049, 64)),
    "a bomb": bomb(60_000),
    "a picture that ends too early": bomb(2000),
    "too many bytes": picture() + b"\0" * MAX_BYTES,
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
def test_what_is_no_logo_is_refused(content):
    with pytest.raises(BadPictureError):
        pictures.logo(content)
