"""Texts of members as HTML: paragraphs, lists and quotes, as people type them in e-mails, and nothing else.

No emphasis, no links, no headings, no HTML: all other signs stay as they were typed.
"""

import functools
import re
from typing import Any

#: The elements that a text can have.
TAGS = {"p", "br", "ul", "ol", "li", "blockquote"}

# How deep the parser goes into lists in lists, and how deep quotes are shown in each other.
_MAX_DEPTH = 60
_DEEP_QUOTE = re.compile(r"^(?:[ \t]{0,3}>){5,}", re.MULTILINE)


@functools.lru_cache(maxsize=256)
def to_html(source: str) -> str:
    """Return the HTML of a text.

    >>> to_html("> How do you sleep?\\n\\n- early\\n- with **two** <b>pillows</b>")
    '<blockquote>\\n<p>How do you sleep?</p>\\n</blockquote>\\n<ul>\\n<li>early</li>\\n\
<li>with **two** &lt;b&gt;pillows&lt;/b&gt;</li>\\n</ul>\\n'
    """
    import nh3  # only needed for texts of the forum

    return nh3.clean(
        _parser().render(_DEEP_QUOTE.sub("> > > >", source)),
        tags=TAGS,
        attributes={"*": set(), "ol": {"start"}},
        url_relative="deny",
        link_rel=None,
    )


@functools.cache
def _parser() -> Any:
    from markdown_it import MarkdownIt

    options = {"html": False, "breaks": True, "maxNesting": _MAX_DEPTH}
    return MarkdownIt("zero", options).enable(["list", "blockquote", "newline"])
