"""Text that is safe in the programs that open it: no formulas, control characters or changes of reading direction."""

import functools
import re

#: A spreadsheet treats a cell that begins with one of these as a formula. Source: OWASP, CSV injection.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

# Control characters except tab and line ends; bidirectional formatting characters, with which "fdp.exe" reads
# "exe.pdf"; noncharacters. Source: Unicode 16, UAX #9 and chapter 23.
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\uffff\ud800-\udfff]"
)


# Cached: the same few names and notes occur in thousands of rows.
@functools.lru_cache(maxsize=8192)
def plain(text: str) -> str:
    r"""Return a text as one line without control characters.

    >>> plain("a\u202egpj.exe\x07\nb")
    'agpj.exe b'
    """
    return " ".join(_CONTROL.sub("", text).split())


def cell(text: str) -> str:
    """Return a text that no spreadsheet interprets as a formula.

    >>> cell("=1+1"), cell("Alice")
    ("'=1+1", 'Alice')
    """
    return f"'{text}" if text.lstrip(" \n").startswith(_FORMULA) or text.startswith("\n") else text
