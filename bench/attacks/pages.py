"""A browser without scripts: the forms of a page as they stand there, filled in and sent as a person would."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from types import MappingProxyType

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

_BUTTONS = {"submit", "image"}


@dataclass(slots=True)
class Form:
    """A form as it was rendered.

    ``fields`` are sent if nobody touches it; ``choices`` are the values that each control offers, and ``buttons`` the
    names and values of those with which it can be sent.
    """

    method: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        """The names of all its controls."""
        return {*self.fields, *self.choices, *(name for name, _value in self.buttons if name)}


class _Reader(HTMLParser):
    """Collects forms; a control outside of them that names one by its id belongs to that."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self._address = address
        self.forms: list[Form] = []
        self._by_id: dict[str, Form] = {}
        self._open: Form | None = None
        self._select: tuple[Form, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(values.get("method", "get").lower(), values.get("action") or self._address)
            self.forms.append(self._open)
            self._by_id[values.get("id", "")] = self._open
        form = self._by_id.get(values["form"]) if "form" in values else self._open
        if form is None or "disabled" in values:
            return
        if tag == "input":
            self._input(form, values)
        elif tag == "button" and values.get("type", "submit") == "submit":
            form.buttons.append((values.get("name", ""), values.get("value", "")))
        elif tag == "select" and values.get("name"):
            self._select = form, values["name"]
        elif tag == "textarea" and values.get("name"):
            form.fields[values["name"]] = ""
        elif tag == "option" and self._select:
            self._option(*self._select, values)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = None

    def _input(self, form: Form, values: Mapping[str, str]) -> None:
        name, kind = values.get("name", ""), values.get("type", "text")
        if kind in _BUTTONS:
            form.buttons.append((name, values.get("value", "")))
        elif name and kind in ("radio", "checkbox"):
            form.choices.setdefault(name, []).append(values.get("value", "on"))
            if "checked" in values:
                form.fields[name] = values.get("value", "on")
        elif name:
            form.fields[name] = values.get("value", "")

    def _option(self, form: Form, name: str, values: Mapping[str, str]) -> None:
        form.choices.setdefault(name, []).append(values.get("value", ""))
        if "selected" in values or name not in form.fields:
            form.fields[name] = values.get("value", "")


def forms(page: TestResponse) -> list[Form]:
    """The forms of a page; one without an address is sent to that of the page."""
    reader = _Reader(page.request.full_path.rstrip("?"))
    reader.feed(page.text)
    return reader.forms


def sent_forms(page: TestResponse, ending: str = "") -> Iterator[Form]:
    """The forms of a page that write, to addresses that end so."""
    return (form for form in forms(page) if form.method == "post" and form.action.partition("?")[0].endswith(ending))


def send(
    client: FlaskClient,
    form: Form,
    changes: Mapping[str, str | None] | Mapping[str, str] = MappingProxyType({}),
    *,
    button: tuple[str, str] = ("", ""),
) -> TestResponse:
    """Send a form by one of its buttons, as rendered but for some fields; None leaves a field out."""
    fields = {**form.fields, **({button[0]: button[1]} if button[0] else {}), **changes}
    data = {name: value for name, value in fields.items() if value is not None}
    if form.method == "get":
        return client.get(form.action, query_string=data)
    return client.post(form.action, data=data)
