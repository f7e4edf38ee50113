"""Text that is harmless in the tools that open it: no formula, no control character, no turned reading direction."""

import functools
import re

#: A cell that begins with one of these is a formula to a spreadsheet. Source: OWASP, CSV injection.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

# Controls but tab and line ends; marks that turn the direction of reading, so that "fdp.exe" reads "exe.pdf"; what is
# no character at all. Source: Unicode 16, UAX #9 and chapter 23.
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\uffff\ud800-\udfff]"
)


# The same few names and notes stand in thousands of rows.
@functools.lru_cache(maxsize=8192)
def plain(text: str) -> str:
    r"""A text of one line without controls.

    >>> plain("a\u202egpj.exe\x07\nb")
    'agpj.exe b'
    """
    return " ".join(_CONTROL.sub("", text).split())


def cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula.

    >>> cell("=1+1"), cell("Alice")
    ("'=1+1", 'Alice')
    """
    return f"'{text}" if text.lstrip(" \n").startswith(_FORMULA) or text.startswith("\n") else text
