"""The two forms of signing up: an address; and, behind the link, everything else that an account needs."""

from typing import Any

from wtforms import Field, HiddenField
from wtforms.validators import DataRequired

from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.web.accounts.account_forms import (
    email_field,
    password_field,
    pseudonym_field,
    reject_weak_password,
)
from mapservice.web.accounts.age import AgeForm
from mapservice.web.site.forms import Form, Tick


class AddressForm(Form):
    """The address for the link, and the condition from whose page the person came."""

    email = email_field()
    condition = HiddenField()


_ON_THE_PAGE = ("pseudonym", "age", "turns_18", "password", "taking_part")


class SignUpForm(AgeForm):
    """Everything that an account needs, and nothing else."""

    pseudonym = pseudonym_field()
    password = password_field(_l("Password"), "new-password")
    taking_part = Tick(
        validators=[
            DataRequired(_l("Tick this box to agree. Without your consent we cannot keep an account for you."))
        ],
        value="y",
    )

    def __init__(self, email: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._email = email
        # In the order of the page, so that errors are listed in the same order.
        fields = {field.short_name: field for field in self}
        self._fields = {name: fields[name] for name in (*_ON_THE_PAGE, *fields)}

    def validate_password(self, field: Field) -> None:
        """Reject a password that is easy to guess with knowledge of the person."""
        reject_weak_password(field, self._email, self._email.partition("@")[0], str(self.pseudonym.data or ""))
