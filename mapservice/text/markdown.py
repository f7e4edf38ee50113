"""Markdown of editors as HTML: paragraphs, headings, lists, quotes, tables, emphasis, links to https and mailto.

Texts of members are never Markdown. HTML in the source stays text, there are no pictures, and headings begin at h3.
"""

import functools
from collections.abc import MutableMapping, Sequence
from typing import Any

#: The elements that a text can have.
TAGS = {
    *("p", "br", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "strong", "em", "a", "hr", "code", "pre"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}

#: The addresses to which a link can lead.
SCHEMES = {"https", "mailto"}

# Headings of a text stand below the title of its page.
_FIRST_LEVEL, _LAST_LEVEL = 3, 6


@functools.lru_cache(maxsize=64)
def to_html(source: str) -> str:
    """Return the HTML of a text.

    >>> to_html("# Who we are\\n\\nA [society](https://example.org), <b>not</b> a company.")
    '<h3>Who we are</h3>\\n<p>A <a href="https://example.org" rel="nofollow noopener noreferrer">society</a>, \
&lt;b&gt;not&lt;/b&gt; a company.</p>\\n'
    """
    import nh3  # only needed for the texts of operators and editors

    return nh3.clean(
        _parser().render(source),
        tags=TAGS,
        attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
        # A wide table scrolls, also by keyboard.
        set_tag_attribute_values={"table": {"tabindex": "0"}},
        url_schemes=SCHEMES,
        url_relative="deny",
        link_rel="nofollow noopener noreferrer",
    )


@functools.cache
def _parser() -> Any:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    parser.add_render_rule("heading_open", _heading)
    parser.add_render_rule("heading_close", _heading)
    return parser


def _heading(renderer: Any, tokens: Sequence[Any], at: int, options: Any, environment: MutableMapping[str, Any]) -> str:
    """Return the tag of a heading, two levels further down."""
    level = int(tokens[at].markup.count("#") or (1 if tokens[at].markup == "=" else 2))
    tokens[at].tag = f"h{min(level + _FIRST_LEVEL - 1, _LAST_LEVEL)}"
    return str(renderer.renderToken(tokens, at, options, environment))
