"""Texts that members write, as they are stored: plain lines, without characters that nobody can see."""

import re

# Control characters, and those that change the direction of the text around them.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def tidy(text: str) -> str:
    """Return a text with Unix line ends, no control characters, and never more than one empty line.

    Joiners stay: scripts such as Persian and Hindi need them, and emoji are composed with them.
    """
    lines = (_CONTROLS.sub("", line).strip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
