"""Colours of a service: contrast by WCAG 2.2, and the nearest colour that has enough of it."""

import colorsys
import re
from dataclasses import dataclass

#: Minimum contrast of text. Source: WCAG 2.2, 1.4.3.
MIN_CONTRAST = 4.5

_HEX = re.compile(r"#[0-9a-f]{6}")

# Share of the colour in a soft background, and how far the stronger shade is from it.
_SOFT, _STRONGER = 0.12, 0.25


@dataclass(frozen=True, slots=True)
class Scheme:
    """The backgrounds of a colour scheme on which text in the accent colour stands, and the ink on a button."""

    papers: tuple[str, ...]
    raised: str
    ink: str
    on_accent: str
    is_dark: bool


#: As in static/css/theme.css.
LIGHT = Scheme(("#fbf5ec", "#fffcf7", "#f2e8da"), "#fffcf7", "#2a231e", "#ffffff", is_dark=False)
DARK = Scheme(("#1b1714", "#26201c", "#151210"), "#26201c", "#f4ebe1", "#14100d", is_dark=True)


@dataclass(frozen=True, slots=True)
class Accent:
    """The shades of an accent colour in one scheme."""

    colour: str
    strong: str
    soft: str
    ink: str


def read(text: str) -> str | None:
    """Return a colour as ``#rrggbb``, however it was typed; None if it is none.

    >>> read(" 0D5656 "), read("#fff"), read("teal")
    ('#0d5656', '#ffffff', None)
    """
    digits = text.strip().lower().removeprefix("#")
    if re.fullmatch(r"[0-9a-f]{3}", digits):
        digits = "".join(digit * 2 for digit in digits)
    return f"#{digits}" if _HEX.fullmatch(f"#{digits}") else None


def contrast(one: str, other: str) -> float:
    """Return the contrast between two colours, from 1 to 21.

    >>> round(contrast("#000000", "#ffffff")), contrast("#777777", "#777777")
    (21, 1.0)
    """
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def accent(colour: str, scheme: Scheme) -> Accent:
    """Return the shades of a colour in a scheme."""
    end = "#ffffff" if scheme.is_dark else "#000000"
    return Accent(
        colour, _mixed(colour, end, _STRONGER), _mixed(scheme.raised, colour, _soft_share(scheme)), scheme.on_accent
    )


def lowest_contrast(colour: str, scheme: Scheme) -> float:
    """Return the lowest contrast that a colour has anywhere on a page: as text, and below the text of a button."""
    shades = accent(colour, scheme)
    pairs = [(colour, paper) for paper in (*scheme.papers, shades.soft)]
    return min(contrast(*pair) for pair in [*pairs, (colour, shades.ink), (scheme.ink, shades.soft)])


def is_readable(colour: str, scheme: Scheme) -> bool:
    """Return whether a colour has enough contrast everywhere on a page."""
    return lowest_contrast(colour, scheme) >= MIN_CONTRAST


def nearest_readable(colour: str, scheme: Scheme) -> str:
    """Return the nearest colour of the same hue that has enough contrast: darker in light, lighter in dark.

    >>> nearest_readable("#0d5656", LIGHT), is_readable(nearest_readable("#ffcc00", LIGHT), LIGHT)
    ('#0d5656', True)
    """
    hue, lightness, saturation = colorsys.rgb_to_hls(*(part / 255 for part in _parts(colour)))
    step = 0.005 if scheme.is_dark else -0.005
    shade = colour
    while not is_readable(shade, scheme) and 0 <= lightness <= 1:
        lightness += step
        red, green, blue = colorsys.hls_to_rgb(hue, min(max(lightness, 0), 1), saturation)
        shade = _hex(red * 255, green * 255, blue * 255)
    return shade


def stylesheet(light: str, dark: str) -> str:
    """Return the custom properties of a page in an accent colour for each scheme."""
    return (
        f":root{{{_properties(accent(light, LIGHT))}}}\n"
        f"@media (prefers-color-scheme: dark){{:root{{{_properties(accent(dark, DARK))}}}}}\n"
        "@media (prefers-contrast: more){:root{--accent:var(--accent-strong)}}\n"
    )


def _properties(shades: Accent) -> str:
    return (
        f"--accent:{shades.colour};--accent-strong:{shades.strong};--accent-soft:{shades.soft};"
        f"--accent-ink:{shades.ink}"
    )


def _soft_share(scheme: Scheme) -> float:
    return _SOFT * 2 if scheme.is_dark else _SOFT


def _luminance(colour: str) -> float:
    # Source: WCAG 2.2, relative luminance.
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (part / 255 for part in _parts(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mixed(colour: str, other: str, share: float) -> str:
    mixed = (one * (1 - share) + two * share for one, two in zip(_parts(colour), _parts(other), strict=True))
    return _hex(*mixed)


def _parts(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour.removeprefix("#")))


def _hex(red: float, green: float, blue: float) -> str:
    return f"#{round(red):02x}{round(green):02x}{round(blue):02x}"
