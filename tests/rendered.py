"""A page as a browser reads it: its title, its ids, its forms with what they hold, and the summary of its errors."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class RenderedForm:
    """A form: where and how it is sent, and the attributes of each control that has a name."""

    action: str
    method: str
    is_restored: bool
    controls: list[dict[str, str]] = field(default_factory=list)

    @property
    def hidden(self) -> dict[str, str]:
        """What a browser sends of a form that nobody filled in."""
        return {
            control["name"]: control.get("value", "") for control in self.controls if control.get("type") == "hidden"
        }


class Rendered(HTMLParser):
    """Reads a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.title = ""
        self.ids: list[str] = []
        self.described_by: list[str] = []
        self.forms: list[RenderedForm] = []
        self.summary: dict[str, str] | None = None
        self.problems: list[str] = []
        self._open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        values = {name: value or "" for name, value in attrs}
        self._open.append(tag)
        self.ids += [values["id"]] if "id" in values else []
        self.described_by += values.get("aria-describedby", "").split()
        if tag == "form":
            is_restored = values.get("autocomplete") != "off"
            self.forms.append(RenderedForm(values.get("action", ""), values.get("method", "get"), is_restored))
        if tag in {"input", "select", "textarea", "button"} and "name" in values and self.forms:
            self.forms[-1].controls.append({"tag": tag, **values})
        if "error-summary" in values.get("class", ""):
            self.summary = values
        if tag == "a" and self.summary is not None and values.get("href", "").startswith("#"):
            self.problems.append(values["href"][1:])

    def handle_endtag(self, tag):
        while tag in self._open and self._open.pop() != tag:
            pass
        if tag == "form" and self.summary is not None and not self.problems:
            self.problems = []

    def handle_data(self, data):
        if self._open[-1:] == ["title"]:
            self.title += data


def match_in(text: str, pattern: str) -> str:
    """The first group of the first place that a pattern matches; there is one."""
    match = re.search(pattern, text, re.MULTILINE)
    assert match is not None, pattern
    return match[1]
