"""The forms of caregivers: what they say about the person they represent, and codes for others who do."""

from collections.abc import Sequence
from typing import Any

from wtforms import Field, HiddenField, RadioField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import AnyOf, DataRequired, ValidationError

from mapservice.i18n.profile_words import AGE_BANDS, RELATIONSHIPS
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.privacy.care import BANDS_OF_MINORS, AgeBand, Relationship, SpeaksAs, code_hash
from mapservice.privacy.profiles import MemberProfile
from mapservice.web.site.forms import Form, Tick

_NOT_SAID = SelectChoice("", _l("I would rather not say"))

#: The error for a code that does not work, whatever the reason.
NO_SUCH_CODE = _l(
    "This code does not work. It may be mistyped, used already, or older than 24 hours. Ask for a new one."
)


class PersonForm(Form):
    """What a caregiver is to the person they represent, and how old that person is."""

    relationship = RadioField(
        _l("What you are to this person"),
        choices=[_NOT_SAID, *(SelectChoice(one.value, words) for one, words in RELATIONSHIPS.items())],
        default="",
        invalid_choice_message=_l("Choose one of the answers."),
    )
    age_band = RadioField(
        _l("How old they are"),
        default="",
        invalid_choice_message=_l("Choose one of the answers."),
    )

    def __init__(self, *, for_minor: bool, **values: Any) -> None:
        super().__init__(**values)
        bands: Sequence[AgeBand] = BANDS_OF_MINORS if for_minor else tuple(AgeBand)
        self.age_band.choices = [_NOT_SAID, *(SelectChoice(band.value, AGE_BANDS[band]) for band in bands)]

    @classmethod
    def of(cls, profile: MemberProfile, *, for_minor: bool) -> "PersonForm":
        """Return the form with what is stored."""
        stored = {"relationship": profile.relationship or "", "age_band": profile.age_band or ""}
        return cls(for_minor=for_minor, formdata=None, data=stored)

    def answers(self) -> tuple[Relationship | None, AgeBand | None]:
        """Return what was chosen."""
        return (
            Relationship(self.relationship.data) if self.relationship.data else None,
            AgeBand(self.age_band.data) if self.age_band.data else None,
        )


class InviteForm(Form):
    """For whom a code is made, named by the button."""

    for_whom = HiddenField(validators=[AnyOf([one.value for one in SpeaksAs])])


class PersonCodeForm(Form):
    """The code of somebody else, and the confirmation that both represent the same person."""

    code = StringField(
        _l("Code"),
        validators=[DataRequired(_l("Enter the code."))],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "maxlength": "80"},
    )
    same = Tick(validators=[DataRequired(_l("Tick the box if this is true. Otherwise do not use the code."))])

    def validate_code(self, field: Field) -> None:
        """Reject what cannot be a code."""
        if field.data and code_hash(field.data) is None:
            raise ValidationError(NO_SUCH_CODE)


class PairingAnswerForm(Form):
    """Whether somebody who entered a code represents the same person, named by the button."""

    answer = HiddenField(validators=[AnyOf(["stay", "leave", "no"])])
