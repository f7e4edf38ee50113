"""The parent of the forms of all pages.

A form holds the fields that it declares, each once: whatever else comes is refused and never repeated. The operation
id, the version and the token that forms carry are read by idempotency, form_versions and csrf. The HTML of forms is in
``templates/site/forms.html``.
"""

from typing import Any

from flask import render_template, request
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField

from mapservice.web.site import form_fields

#: What a view with a form may answer.
Answer = str | Response | tuple[str, int]


class Form(FlaskForm):
    """A form of a page. Its token is checked before the view.

    ``suffix`` tells forms of one class apart that stand on one page: it ends the ids of their fields.

    :raise UnprocessableEntity: if it was sent with a field that it does not have, or with one twice.
    """

    def __init__(self, *, suffix: str = "", **values: Any) -> None:
        super().__init__(**values)
        if "formdata" not in values and self.is_submitted():
            form_fields.allow_only(*self._fields)
        for field in self if suffix else ():
            field.id = field.label.field_id = f"{field.id}-{suffix}"

    @property
    def problems(self) -> list[tuple[str, str]]:
        """What has to be corrected: the id of a field, and what is wrong with it.

        What is wrong with the form as a whole leads to its first field, if it has one.
        """
        first = next((field.id for field in self if not isinstance(field, HiddenField)), "")
        of_fields = [(field.id, field.errors[0]) for field in self if field.errors and field.name != "csrf_token"]
        return [*((first, words) for words in self.form_errors), *of_fields]

    def reject(self, name: str, words: str) -> None:
        """Note what is wrong with a field."""
        self[name].errors = [words]


class QueryForm(Form):
    """A form that only asks: it is read from the address, changes nothing, and so needs no token."""

    class Meta(FlaskForm.Meta):
        """Settings of WTForms."""

        csrf = False

    def __init__(self, **values: Any) -> None:
        super().__init__(formdata=request.args, **values)


class Tick(BooleanField):
    """A box that is ticked by its own value alone; any other text is no tick."""

    def __init__(self, label: Any = None, validators: Any = None, *, value: str = "yes", **more: Any) -> None:
        super().__init__(label, validators, **more)
        self.value = value

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was sent."""
        self.data = valuelist == [self.value]


class SureForm(Form):
    """The answer to the question whether somebody is sure."""

    sure = Tick()


def page(template: str, form: Form, *, status: int = 422, **values: Any) -> Answer:
    """Return the page of a form; with ``status`` where it came back with errors."""
    shown = render_template(template, form=form, **values)
    return (shown, status) if request.method == "POST" else shown
