"""The forms of an account. Error messages say what to do, and reveal nothing about other accounts."""

from typing import Any

from wtforms import EmailField, Field, HiddenField, PasswordField, StringField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from mapservice.i18n.translation import Message
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.web.accounts import display_names
from mapservice.web.site.forms import Form, SureForm, Tick, is_email
from mapservice.web.site.service import current_site

#: The most characters of the name of a passkey.
MAX_PASSKEY_NAME = 60


def _is_pseudonym(_form: Form, field: Field) -> None:
    field.data = display_names.normalize_name(field.data or "")
    problem = display_names.problem(field.data)
    if problem:
        raise ValidationError(problem)


def email_field(label: Message = _l("E-mail address"), autocomplete: str = "username") -> EmailField:
    """Return an e-mail field; as the username under which a password manager stores the account."""
    return EmailField(
        label,
        validators=[InputRequired(_l("Enter your e-mail address.")), is_email],
        render_kw={"autocomplete": autocomplete, "inputmode": "email", "spellcheck": "false", "autocapitalize": "none"},
    )


def pseudonym_field() -> StringField:
    """Return the field of the display name."""
    return StringField(
        _l("Name that others can see"),
        validators=[InputRequired(_l("Enter a name.")), _is_pseudonym],
        render_kw={"autocomplete": "nickname", "maxlength": "80", "spellcheck": "false"},
    )


def password_field(label: Message, autocomplete: str, missing: Message = _l("Enter your password.")) -> PasswordField:
    """Return a password field that can show what is typed; ``missing`` is the message if it is empty."""
    return PasswordField(
        label,
        validators=[InputRequired(missing)],
        render_kw={"autocomplete": autocomplete, "data-show": "", "spellcheck": "false", "autocapitalize": "none"},
    )


def code_field(label: Message, **more: str) -> StringField:
    """Return the field of a one-time code, which some browsers fill in."""
    return StringField(
        label,
        validators=[InputRequired(_l("Enter the code."))],
        render_kw={"autocomplete": "one-time-code", "spellcheck": "false", "autocapitalize": "none", **more},
    )


class SignInForm(Form):
    """E-mail and password."""

    email = email_field()
    password = password_field(_l("Password"), "current-password")
    next = HiddenField()


class EmailForm(Form):
    """The address for an e-mail."""

    email = email_field()


class NewPasswordForm(Form):
    """A new password, chosen by the link in an e-mail."""

    password = password_field(_l("New password"), "new-password")

    def validate_password(self, field: Field) -> None:
        """Reject a password that is easy to guess."""
        reject_weak_password(field)


class ChangePasswordForm(Form):
    """The current password and a new one."""

    current_password = password_field(_l("Current password"), "current-password", _l("Enter your current password."))
    password = password_field(_l("New password"), "new-password", _l("Enter a new password."))

    def validate_password(self, field: Field) -> None:
        """Reject a password that is easy to guess."""
        reject_weak_password(field)


class ChangeEmailForm(Form):
    """A new e-mail address, and the password."""

    email = email_field(_l("New e-mail address"), "email")
    current_password = password_field(_l("Password"), "current-password")


class PasswordAgainForm(Form):
    """A confirmation by password, or by the answer of a passkey."""

    password = password_field(_l("Password"), "current-password")
    passkey = HiddenField()
    next = HiddenField()


class StepUpForm(Form):
    """The same, in fields that are sent together with the fields typed before."""

    step_up_password = password_field(_l("Password"), "current-password")
    step_up_passkey = HiddenField()


class PasskeyForm(Form):
    """The answer of a passkey."""

    passkey = HiddenField()
    next = HiddenField()


class PasskeyNameForm(Form):
    """What its owner calls a passkey."""

    name = StringField(
        _l("Name of the passkey"),
        filters=[lambda text: " ".join((text or "").split())],
        validators=[
            DataRequired(_l("Enter a name for the passkey.")),
            Length(max=MAX_PASSKEY_NAME, message=_l("Use at most %(length)s characters.", length=MAX_PASSKEY_NAME)),
        ],
        render_kw={"autocomplete": "off", "maxlength": str(MAX_PASSKEY_NAME)},
    )


class NewPasskeyForm(PasskeyNameForm):
    """A new passkey, and what its owner calls it."""

    passkey = HiddenField()


class RemovePasskeyForm(Form):
    """The id of the passkey to remove."""

    passkey = HiddenField()


class EndSessionForm(Form):
    """The device to sign out, or all."""

    session = HiddenField()


class SignOutForm(Form):
    """Whether to forget this device."""

    forget = Tick()


class DeleteForm(SureForm):
    """The form that deletes the account; ``keep_texts`` keeps the texts that others can read."""

    keep_texts = Tick()


class CodeForm(Form):
    """A code of the second factor, from the phone or a recovery code; or the answer of a passkey instead."""

    code = code_field(_l("Code from the app, or a recovery code"))
    passkey = HiddenField()

    def validate(self, **more: Any) -> bool:
        """Check that there is a code, or a passkey."""
        if self.passkey.data:
            self.code.validators = [Optional()]
        return bool(super().validate(**more))


class SecondFactorForm(CodeForm):
    """A code of the second factor during sign-in."""

    next = HiddenField()


class FirstCodeForm(Form):
    """The first code of a new second factor."""

    code = code_field(_l("Code from the app"), inputmode="numeric")
    next = HiddenField()


class PseudonymForm(Form):
    """A new display name."""

    pseudonym = pseudonym_field()


def reject_weak_password(field: Field, *facts: str) -> None:
    """Reject a password that is easy to guess; ``facts`` are facts about the person that others know."""
    from mapservice.web.accounts import password_strength  # loads word lists

    problem = password_strength.problem(field.data or "", current_site().site_name, *facts)
    if problem:
        raise ValidationError(problem)
