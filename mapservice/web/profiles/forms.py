"""The form of a profile: its parts, each with an audience of its own."""

from typing import Any

from wtforms import PasswordField, RadioField, SelectField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import Length

from mapservice.i18n import profile_words
from mapservice.i18n.labels import AUDIENCES
from mapservice.i18n.translation import gettext as _
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.privacy.care import BANDS_OF_MINORS, AgeBand, Relationship, SpeaksAs
from mapservice.privacy.profiles import (
    ABOUT_THE_PERSON,
    MAX_WORDS,
    Duration,
    LookingFor,
    MemberProfile,
    ProfilePart,
)
from mapservice.privacy.visibility import Audience
from mapservice.store.care import speakers
from mapservice.store.tables import Membership
from mapservice.text import contacts
from mapservice.text.tidying import tidy
from mapservice.web.site.forms import Form, Tick


def _audience_field(default: str | None = None) -> SelectField:
    return SelectField(
        _l("Who can see this"),
        default=default,
        choices=[SelectChoice(audience.value, words) for audience, words in AUDIENCES.items()],
        invalid_choice_message=_l("Choose who can see it."),
    )


_NOT_SAID = SelectChoice("", _l("I prefer not to say"))


class ProfileForm(Form):
    """What a member says about themselves. A browser sends each box to tick as a field of its own.

    ``membership`` is theirs: only a caregiver has the fields about the person they represent.
    """

    words = TextAreaField(
        _l("A few words"),
        filters=[lambda text: tidy(text or "")],
        validators=[Length(max=MAX_WORDS, message=_l("Use at most %(length)s characters.", length=MAX_WORDS))],
        render_kw={"rows": "6", "maxlength": str(MAX_WORDS)},
    )
    words_audience = _audience_field()
    languages_audience = _audience_field()
    looking_for_audience = _audience_field()
    duration = RadioField(
        _l("How long you have lived with it"),
        choices=[
            _NOT_SAID,
            *(SelectChoice(duration.value, words) for duration, words in profile_words.DURATIONS.items()),
        ],
        invalid_choice_message=_l("Choose one of the answers."),
    )
    duration_audience = _audience_field()
    relationship = RadioField(
        _l("What you are to the person you represent"),
        choices=[_NOT_SAID, *(SelectChoice(one.value, words) for one, words in profile_words.RELATIONSHIPS.items())],
        default="",
        invalid_choice_message=_l("Choose one of the answers."),
    )
    relationship_audience = _audience_field(Audience.NOBODY)
    age_band = RadioField(
        _l("How old that person is"), default="", invalid_choice_message=_l("Choose one of the answers.")
    )
    age_band_audience = _audience_field(Audience.NOBODY)
    password = PasswordField(
        _l("Your password (only needed to become more visible)"), render_kw={"autocomplete": "current-password"}
    )

    def __init__(self, membership: Membership, **values: Any) -> None:
        super().__init__(**values)
        self.is_about_a_person = speakers.speaks_here_as(membership) is SpeaksAs.CAREGIVER
        if self.is_about_a_person:
            bands = BANDS_OF_MINORS if membership.for_minor else tuple(AgeBand)
            words = ((band.value, profile_words.AGE_BANDS[band]) for band in bands)
            self.age_band.choices = [_NOT_SAID, *(SelectChoice(*pair) for pair in words)]
        else:
            for part in ABOUT_THE_PERSON:
                del self[part], self[f"{part}_audience"]

    @classmethod
    def of(cls, membership: Membership, profile: MemberProfile) -> "ProfileForm":
        """Return the form with a stored profile."""
        ticks = [*map(_speaks, profile.languages), *map(_looks_for, profile.looking_for)]
        audiences = {f"{part}_audience": profile.audience(part) for part in ProfilePart}
        chosen = {part: profile.says(part) or "" for part in (ProfilePart.DURATION, *ABOUT_THE_PERSON)}
        stored: dict[str, Any] = {"words": profile.words, **audiences, **dict.fromkeys(ticks, True)}
        stored |= {part.value: said for part, said in chosen.items()}
        return cls(membership, formdata=None, data=stored)

    @property
    def languages(self) -> list[Tick]:
        """The boxes of the languages, by their names in the reader's language."""
        boxes = []
        for code, name in profile_words.spoken():
            box = self[_speaks(code)]
            box.label.text = name
            boxes.append(box)
        return boxes

    @property
    def looking_for(self) -> list[Tick]:
        """The boxes of what a member is looking for."""
        return [self[_looks_for(one)] for one in LookingFor]

    def profile(self) -> MemberProfile:
        """Return the profile in a valid form, without contact details in its words."""
        relationship, age_band = (self[part].data if part in self else None for part in ABOUT_THE_PERSON)
        return MemberProfile(
            contacts.mask(self.words.data, _("[hidden]"))[:MAX_WORDS],
            tuple(code for code in profile_words.SPOKEN if self[_speaks(code)].data),
            tuple(one for one in LookingFor if self[_looks_for(one)].data),
            Duration(self.duration.data) if self.duration.data else None,
            {part: Audience(self[f"{part}_audience"].data) for part in ProfilePart if f"{part}_audience" in self},
            Relationship(relationship) if relationship else None,
            AgeBand(age_band) if age_band else None,
        )

    def has_contacts(self) -> bool:
        """Return whether contact details are hidden in the words."""
        typed: str = self.words.data
        return self.profile().words != typed


def _speaks(code: str) -> str:
    return f"speaks_{code}"


def _looks_for(one: LookingFor) -> str:
    return f"looks_for_{one}"


for _code in profile_words.SPOKEN:
    setattr(ProfileForm, _speaks(_code), Tick(_code))
for _one, _words in profile_words.LOOKING_FOR.items():
    setattr(ProfileForm, _looks_for(_one), Tick(_words))
