"""The language in which a text is written, recognised by its letters and words on this machine alone."""

import functools
import threading
from collections.abc import Sequence
from typing import Any

#: How much likelier than the next one a language has to be, in natural logarithms: in all, and for each character.
_MARGIN, _MARGIN_EACH = 12, 0.15

# The codes of the recogniser where they are not ours: it has Norwegian, and Tagalog for Filipino.
_ITS_CODES = {"nb": "no", "fil": "tl"}

_LOCK = threading.Lock()


def recognise(text: str, codes: Sequence[str]) -> str | None:
    """Return the language of a text among some, by ISO 639 code; None if that is not certain enough.

    >>> recognise("My sister read to me when my eyes hurt.", ("en", "es"))
    'en'
    >>> recognise("?!", ("en", "es")) is None
    True
    """
    said = " ".join(text.split())
    with _LOCK:
        (first, likely), (_second, next_likely), *_others = _recogniser(tuple(codes)).rank(said)
    if likely - next_likely < max(_MARGIN, _MARGIN_EACH * len(said)):
        return None
    return next((code for code in codes if _ITS_CODES.get(code, code) == first), None)


@functools.lru_cache(maxsize=1)
def _recogniser(codes: tuple[str, ...]) -> Any:
    import py3langid  # takes a second and 80 MB, and only the pages need it on which somebody tells something

    py3langid.set_languages([_ITS_CODES.get(code, code) for code in codes])
    return py3langid
