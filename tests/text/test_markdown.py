"""The texts of editors: what they may contain, and what becomes of everything else."""

import re
from html.parser import HTMLParser

import pytest

from mapservice.text.markdown import SCHEMES, TAGS, to_html

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![x](https://evil.example/x.png)",
    "![x](javascript:alert(1))",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](vbscript:msgbox)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](http://evil.example)",
    "[x](//evil.example)",
    "[x](/account/delete)",
    "[x](?q=1)",
    "[x](#main)",
    "[x][y]\n\n[y]: javascript:alert(1)",
    "<javascript:alert(1)>",
    "<http://evil.example>",
    "[x](https://a.example 'onmouseover=alert(1)')",
    '[x](https://a.example "a\\" onclick=\\"alert(1)")',
    '[a](<https://a.example/"onclick=alert(1)>)',
    "# <svg onload=alert(1)>",
    "- <iframe src=https://evil.example></iframe>",
    "> <form action=https://evil.example><input name=password></form>",
    "`<b onmouseover=alert(1)>`",
    "```\n</pre><script>alert(1)</script>\n```",
    '```" onclick=alert(1)\nx\n```',
    "<!-- --><style>*{display:none}</style>",
    "<a href=https://evil.example style=position:fixed>x</a>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "[x](https://a.example/%22onclick=alert(1))",
    "\u202ereversed",
    "* " * 400,
    "[" * 400,
    ">" * 200 + "x",
]


#: Where in a text a hostile input can stand: 228 texts together.
PLACES = ("{}", "- {}", "> {}", "| a |\n|---|\n| {} |", "## {}", "[{}](https://a.example)")


#: The only attributes that a text can have.
ATTRIBUTES = {("a", "href"), ("a", "rel"), ("ol", "start"), ("table", "tabindex")}


class Elements(HTMLParser):
    def __init__(self):
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attributes):
        self.seen.append((tag, dict(attributes)))


def elements(html: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = Elements()
    parser.feed(html)
    return parser.seen


def faults(html: str) -> list[str]:
    """What a text of an editor may never contain."""
    found = []
    for tag, attributes in elements(html):
        if tag not in TAGS:
            found.append(tag)
        found += [name for name in attributes if (tag, name) not in ATTRIBUTES]
        if "href" in attributes and (attributes["href"] or "").partition(":")[0] not in SCHEMES:
            found.append(str(attributes["href"]))
    return found


def test_never_contains_anything_but_plain_parts_of_a_text_wherever_it_stands():
    texts = [place.format(source) for source in HOSTILE for place in PLACES]

    assert len(set(texts)) >= 200
    assert {text: found for text in texts if (found := faults(to_html(text)))} == {}


def test_a_table_is_a_table():
    html = to_html("| a | b |\n|:--|--:|\n| 1 | [2](http://evil.example) |")

    assert "<td>1</td>" in html
    assert "evil" not in html
    assert faults(html) == []


@pytest.mark.parametrize("html", ["<b>x</b>", "<a href='javascript:x'>x</a>", "<p class=x>x</p>", "<h1>x</h1>"])
def test_the_search_for_other_parts_can_fail(html):
    assert faults(html)


def test_headings_begin_below_the_title_of_the_page():
    html = to_html("# One\n\n## Two\n\n###### Six\n\nAlso one\n===\n\nAlso two\n---")

    assert re.findall(r"<(h\d)>([^<]*)", html) == [
        ("h3", "One"), ("h4", "Two"), ("h6", "Six"), ("h3", "Also one"), ("h4", "Also two"),
    ]  # fmt: skip


def test_a_link_leads_to_https_or_an_e_mail_and_tells_nobody_where_it_was():
    html = to_html("[a](https://a.example/?b=1&c=2) [b](mailto:b@example.org)")

    assert [attributes for _tag, attributes in elements(html)[1:]] == [
        {"href": "https://a.example/?b=1&c=2", "rel": "nofollow noopener noreferrer"},
        {"href": "mailto:b@example.org", "rel": "nofollow noopener noreferrer"},
    ]


def test_what_is_no_markdown_stays_as_it_was_typed():
    assert to_html("5 < 6 & <b>7</b>") == "<p>5 &lt; 6 &amp; &lt;b&gt;7&lt;/b&gt;</p>\n"
