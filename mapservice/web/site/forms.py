"""Base class of all forms.

A form accepts the fields that it declares, each once; anything else is refused and never echoed. The operation id, the
version and the token of forms are read by idempotency, form_versions and csrf. The HTML of forms is in
``templates/site/forms.html``.
"""

from typing import Any

from flask import render_template, request
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField, Field, HiddenField, ValidationError

from mapservice.i18n.translation import Message
from mapservice.i18n.translation import gettext as _
from mapservice.text.email_address import normalize_email
from mapservice.web.site import form_fields

#: The return type of a view with a form.
Answer = str | Response | tuple[str, int]


class Form(FlaskForm):  # type: ignore[misc]
    """A form of a page. Its token is checked before the view.

    ``suffix`` distinguishes forms of one class on the same page: it is appended to the ids of their fields.

    :raise UnprocessableEntity: if it was sent with an undeclared field, or with a field twice.
    """

    def __init__(self, *, suffix: str = "", **values: Any) -> None:
        super().__init__(**values)
        if "formdata" not in values and self.is_submitted():
            form_fields.allow_only(*self._fields)
        for field in self if suffix else ():
            field.id = field.label.field_id = f"{field.id}-{suffix}"

    @property
    def problems(self) -> list[tuple[str, str]]:
        """Return the errors as (id of a field, message).

        An error of the form as a whole has the id of its first field, if there is one.
        """
        first = next((field.id for field in self if not isinstance(field, HiddenField)), "")
        of_fields = [(field.id, field.errors[0]) for field in self if field.errors and field.name != "csrf_token"]
        return [*((first, words) for words in self.form_errors), *of_fields]

    def reject(self, name: str, words: Message) -> None:
        """Add an error to a field."""
        self[name].errors = [words]


class QueryForm(Form):
    """A form for a GET request: it is read from the query, changes nothing, and needs no token."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Settings of WTForms."""

        csrf = False

    def __init__(self, **values: Any) -> None:
        super().__init__(formdata=request.args, **values)


class Tick(BooleanField):  # type: ignore[misc]
    """A checkbox that is ticked only by its own value."""

    def __init__(self, label: Any = None, validators: Any = None, *, value: str = "yes", **more: Any) -> None:
        super().__init__(label, validators, **more)
        self.value = value

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the submitted value."""
        self.data = valuelist == [self.value]


class SureForm(Form):
    """The form of a confirmation page."""

    sure = Tick()


def is_email(_form: Form, field: Field) -> None:
    """Check that a field has an e-mail address, and normalise it.

    :raise ValidationError: if it has none.
    """
    try:
        field.data = normalize_email(field.data or "")
    except ValueError:
        raise ValidationError(_("Enter an e-mail address in the correct format, like name@example.org.")) from None


def page(template: str, form: Form, *, status: int = 422, **values: Any) -> Answer:
    """Return the page of a form; with ``status`` if the form has errors."""
    shown = render_template(template, form=form, **values)
    return (shown, status) if request.method == "POST" else shown
