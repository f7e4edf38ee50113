"""No text for people has a phrase that a stranger has to guess, or that an editor of GOV.UK would strike."""

import ast
import re
from functools import cache
from io import BytesIO
from pathlib import Path

import click
import pytest
from babel.messages.extract import extract

from mapservice import cli
from mapservice.config import HOME

PHRASES = Path(__file__).with_name("forbidden_phrases.txt")

#: A sentence whose subject is a clause: "Who asks for more is refused." A question may begin like this.
SUBJECT_CLAUSE = re.compile(r"(?:^|[.!?]\s+)(Who (?!can see)[^.?!:]*\.)(?=\s|$)")

#: The same at the beginning of a line in a list, which has no full stop.
SUBJECT_IN_LIST = re.compile(r"(?:^|\s)- (Who (?!can see)[^?.]{9})")

KEYWORDS = dict.fromkeys(("_", "_l", "gettext", "lazy_gettext", "marked")) | {
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
}

#: Functions whose text an operator reads in a terminal or in the table of settings.
SPOKEN = {"SetupError", "ClickException", "echo", "confirm", "say", "setting", "_one_role_only"}

#: All of them but the decisions, which are kept as they were taken.
DOCUMENTS = sorted(
    str(path.relative_to(HOME))
    for pattern in ("*.md", "*/README.md", "*/*/README.md", "docs/*.md")
    for path in HOME.glob(pattern)
    if not path.relative_to(HOME).parts[0].startswith((".", "node_modules"))
)

#: The promises are kept in the exact words in which they were made.
PROMISES = ("figures already published stay rounded, delayed and without you as a person",)


@cache
def phrases() -> re.Pattern[str]:
    lines = [line for line in PHRASES.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return re.compile(
        r"(?<![\w-])(?:" + "|".join(line.split(" -> ")[0] for line in lines) + r")(?![\w-])", re.IGNORECASE
    )


def forbidden(text: str) -> list[str]:
    """Return the phrases that a text must not have."""
    for promise in PROMISES:
        text = text.replace(promise, "")
    text = " ".join(text.split())
    return (
        [match[0] for match in phrases().finditer(text)] + SUBJECT_CLAUSE.findall(text) + SUBJECT_IN_LIST.findall(text)
    )


def messages(path: Path) -> list[str]:
    """Return the texts of a file that are translated."""
    method = "python" if path.suffix == ".py" else "jinja2.ext:babel_extract"
    extracted = extract(method, BytesIO(path.read_bytes()), KEYWORDS, options={"encoding": "utf-8"})
    return [
        text
        for _line, message, *_ in extracted
        for text in ([message] if isinstance(message, str) else message)
        if text
    ]


def visible(template: str) -> str:
    """Return what stands in a template outside of tags, comments and expressions."""
    template = re.sub(
        r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->|<(script|style)\b.*?</\1>", " ", template, flags=re.DOTALL
    )
    return re.sub(r"<[^>]*>", " ", template)


def spoken(path: Path) -> list[str]:
    """Return the texts that a module says to an operator; strings that stand beside each other are one text."""
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    named = [call for call in calls if getattr(call.func, "id", getattr(call.func, "attr", "")) in SPOKEN]
    return [
        node.value
        for call in named
        for argument in call.args
        for node in ast.walk(argument)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def helps(command: click.Command) -> list[str]:
    """Return the help of a command and of its options."""
    return [command.help or "", *(getattr(param, "help", None) or "" for param in command.params)]


def prose(document: str) -> str:
    """Return a document without its code and the addresses of its links."""
    text = re.sub(r"^```.*?^```|`[^`\n]*`|\]\([^)]*\)", " ", document, flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"\s*\n\s*", " ", text)


MODULES = sorted((HOME / "mapservice").rglob("*.py"))
TEMPLATES = sorted((HOME / "templates").rglob("*.html"))


def test_no_text_of_a_page_has_a_phrase_that_must_be_guessed():
    phrases_by_text = {
        text: dead for path in (*MODULES, *TEMPLATES) for text in messages(path) if (dead := forbidden(text))
    }

    assert phrases_by_text == {}


def test_no_template_has_one_outside_of_its_translated_texts():
    phrases_by_file = {
        path.name: dead for path in TEMPLATES if (dead := forbidden(visible(path.read_text(encoding="utf-8"))))
    }

    assert phrases_by_file == {}


def test_no_command_has_one_in_its_help_or_in_what_it_says():
    texts = [text for command in cli.main.commands.values() for text in helps(command)]
    texts += [text for path in MODULES for text in spoken(path)]

    assert {text: dead for text in texts if (dead := forbidden(text))} == {}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_document_has_one(name):
    assert forbidden(prose((HOME / name).read_text(encoding="utf-8"))) == []


def test_the_documents_are_all_that_there_are():
    assert {"CHANGELOG.md", "docs/privacy-evidence.md", "bench/README.md", "tools/ground/README.md"} <= set(DOCUMENTS)


@pytest.mark.parametrize(
    "planted",
    [
        "You are on no map any more.",
        "You are counted anew.",
        "Take the figures along.",
        "You can take this back.",
        "Whoever asks is told when to come again.",
        "Saved. Who hides is not shown.",
        "Added: - Who hides is not shown",
        "The card could not be loaded.",
        "A demo sends no letters.",
    ],
)
def test_a_phrase_that_is_planted_is_found(planted, tmp_path):
    template = tmp_path / "page.html"
    template.write_text(f'<p>{{{{ _("{planted}") }}}}</p><p>{planted}</p>', encoding="utf-8")
    module = tmp_path / "page.py"
    module.write_text(f'flash(_("{planted}"))\nclick.echo("{planted}")\n', encoding="utf-8")

    for text in (
        *messages(template),
        visible(template.read_text(encoding="utf-8")),
        *messages(module),
        *spoken(module),
    ):
        assert forbidden(text) != []


@pytest.mark.parametrize("allowed", ["Who can see it?", "Try a code from a doctor's letter.", "Use ordinary letters."])
def test_plain_words_are_allowed(allowed):
    assert forbidden(allowed) == []
