"""Templates: nothing inline, nothing from another host, every word through ``_()``, no posting form without a token."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from mapservice.config import HOME

TEMPLATES = sorted((HOME / "templates").rglob("*.html"))
STYLES = sorted((HOME / "static" / "css").glob("*.css"))

# A reader sees or hears these. Words that are no language's, such as names of programs, stand under translate="no".
SEEN = {"alt", "title", "aria-label", "aria-description", "placeholder"}
VOID = {"meta", "link", "input", "img", "br", "hr", "source", "track", "wbr", "circle", "path", "rect", "use"}
LOADED = {"src", "srcset", "poster", "data", "background", "formaction", "manifest", "ping"}

ENVIRONMENT = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)


def names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(HOME)) for path in paths]


class Scanner(HTMLParser):
    """Collects what is wrong with the HTML of a template."""

    def __init__(self) -> None:
        super().__init__()
        self.problems: list[str] = []
        self.untranslated: list[str] = []

    def handle_starttag(self, tag, attrs):
        values = {name: value or "" for name, value in attrs}
        if self.untranslated or values.get("translate") == "no":
            self.untranslated += [tag] * (tag not in VOID)
        for name, value in values.items():
            self.problems += attribute_problems(tag, name, value)

    def handle_endtag(self, tag):
        if self.untranslated:
            self.untranslated.pop()

    def handle_data(self, data):
        if self.lasttag in {"script", "style"} and not self.untranslated:
            return
        # Words that begin with a hyphen are the ends of ids that a macro puts together.
        if not self.untranslated and re.search(r"(?<![-\w])[^\W\d_]", data):
            self.problems.append(f"words without _(): {data.strip()!r}")


def attribute_problems(tag: str, name: str, value: str) -> Iterator[str]:
    is_foreign = re.match(r"\s*(https?:)?//", value, re.IGNORECASE) is not None
    if name == "style" or name.startswith("on"):
        yield f"{name} inside <{tag}>"
    if name in SEEN and re.search(r"[^\W\d_]", value):
        yield f"words without _() in {name} of <{tag}>: {value!r}"
    if is_foreign and (name in LOADED or (name in {"href", "xlink:href"} and tag != "a") or name == "action"):
        yield f"<{tag}> loads from another host: {value!r}"


def html_of(source: str) -> str:
    """A template without what Jinja puts in, and without the block that only names classes."""
    source = re.sub(r"{% block page_class %}.*?{% endblock %}", "", source)
    return "".join(value for _line, kind, value in ENVIRONMENT.lex(source) if kind == "data")


def constants(expression: nodes.Node) -> Iterator[str]:
    """The words that an expression shows without a translation."""
    if isinstance(expression, nodes.Const) and isinstance(expression.value, str):
        yield expression.value
    elif isinstance(expression, nodes.CondExpr):
        yield from constants(expression.expr1)
        yield from constants(expression.expr2) if expression.expr2 else ()
    elif isinstance(expression, nodes.Filter):
        yield from constants(expression.node) if expression.node else ()
    elif isinstance(expression, nodes.Concat | nodes.Or | nodes.And | nodes.Add):
        for child in expression.iter_child_nodes():
            yield from constants(child)


def problems_of(source: str) -> list[str]:
    scanner = Scanner()
    scanner.feed(html_of(source))
    scanner.close()
    for output in ENVIRONMENT.parse(source).find_all(nodes.Output):
        for word in (word for node in output.nodes for word in constants(node)):
            # Attribute values such as "checked" are one small word; what a reader sees has a capital or a space.
            if re.search(r"^[A-Z][^\W\d_]+|[^\W\d_]{2} +[^\W\d_]{2}", word.strip()):
                scanner.problems.append(f"words without _(): {word!r}")
    return scanner.problems


def forms_without_token(source: str) -> list[str]:
    forms = re.findall(r"<form\b.*?</form>", source, re.DOTALL | re.IGNORECASE)
    posts = [form for form in forms if re.search(r'method="?post', form, re.IGNORECASE)]
    return [form for form in posts if not re.search(r"csrf_token|\.token\(\)|hidden_tag\(\)", form)]


def own_posts(source: str) -> list[str]:
    """The forms of a template that write and are not drawn by the macros."""
    return re.findall(r"<form\b(?:{[{%].*?[}%]}|[^>])*\bmethod\s*=\s*[\"']?post[^>]*", source, re.IGNORECASE)


#: What people are called, what a condition is called, and what staff typed; ``form`` puts it back into a field.
NAMES = {"name", "matched", "pseudonym", "actor", "purpose"}
NOT_SHOWN = {"form", "field", "typed", "program", "row", "pair", "parameter"}


def names_not_isolated(source: str) -> list[str]:
    """The names in a template that could turn the words around them."""

    def names_in(node: nodes.Node) -> Iterator[str]:
        if isinstance(node, nodes.Filter) and node.name in {"bdi", "isolate"}:
            return
        if isinstance(node, nodes.Getattr) and node.attr in NAMES:
            base = node.node
            while isinstance(base, nodes.Getattr):
                base = base.node
            if not (isinstance(base, nodes.Name) and base.name in NOT_SHOWN):
                yield node.attr
        # What is only compared is not shown.
        if isinstance(node, nodes.CondExpr):
            children: list[nodes.Node] = [node.expr1, *([node.expr2] if node.expr2 else [])]
        else:
            children = [] if isinstance(node, nodes.Compare) else list(node.iter_child_nodes())
        for child in children:
            yield from names_in(child)

    # A template may as well write the element itself.
    outputs = ENVIRONMENT.parse(re.sub(r"<bdi>{{.*?}}</bdi>", "", source)).find_all(nodes.Output)
    return [name for output in outputs for node in output.nodes for name in names_in(node)]


@pytest.mark.parametrize("name", names(TEMPLATES))
def test_every_name_is_isolated_for_direction(name):
    assert names_not_isolated((HOME / name).read_text()) == []


@pytest.mark.parametrize(
    "bad",
    [
        "<h1>{{ card.pseudonym }}</h1>",
        '<p>{{ _("Join: %(name)s", name=condition.name) }}</p>',
        "<p>{{ part.condition.name if part else each.name|bdi }}</p>",
        '<p>{{ line.purpose or _("not said") }}</p>',
    ],
)
def test_the_search_for_names_can_fail(bad):
    assert len(names_not_isolated(bad)) == 1


@pytest.mark.parametrize("name", names(TEMPLATES))
def test_a_template_has_only_translated_words_and_nothing_inline_or_foreign(name):
    assert problems_of((HOME / name).read_text()) == []


@pytest.mark.parametrize("name", names(TEMPLATES))
def test_every_form_that_posts_carries_a_token(name):
    assert forms_without_token((HOME / name).read_text()) == []


@pytest.mark.parametrize("name", sorted({*names(TEMPLATES)} - {"templates/site/forms.html"}))
def test_every_form_that_posts_is_drawn_by_the_macros(name):
    assert own_posts((HOME / name).read_text()) == []


@pytest.mark.parametrize("name", names(STYLES))
def test_a_stylesheet_loads_nothing_from_another_host(name):
    text = (HOME / name).read_text()

    assert not re.search(r"@import|url\(\s*[\"']?(https?:)?//", text)


@pytest.mark.parametrize(
    "bad",
    [
        '<p style="color: red"></p>',
        '<button onclick="go()"></button>',
        '<img src="https://example.org/a.png" alt="">',
        '<script src="//example.org/a.js"></script>',
        '<link rel="stylesheet" href="https://example.org/a.css">',
        "<p>Hello</p>",
        '<p translate="no">MIT</p><p>Hello</p>',
        '<img src="/a.png" alt="A map">',
        '<p>{{ "Hello there" }}</p>',
        '<p>{{ "Save" if here else _("Join") }}</p>',
    ],
)
def test_the_scanner_can_fail(bad):
    assert problems_of(bad) != []


def test_the_scanner_lets_good_templates_pass():
    link = '<a href="https://example.org/" translate="no">example.org</a>'

    assert problems_of(link + '<p>{{ _("Hello") }}</p><input {{ "checked" if x }}>') == []


def test_the_search_for_tokens_can_fail():
    assert forms_without_token('<form method="post"><button></button></form>') != []
    assert forms_without_token('<form method="get"><button></button></form>') == []


@pytest.mark.parametrize(
    "bad",
    [
        '<form method="post">',
        "<form class=\"{{ 'a' if b > 1 }}\" action='/x' METHOD = 'POST'>",
        '<form\n  id="x"\n  method=post>',
    ],
)
def test_a_form_that_is_not_drawn_by_the_macros_is_found(bad):
    assert len(own_posts(bad)) == 1
    assert own_posts(bad.replace("post", "get").replace("POST", "GET")) == []
