"""The form by which a member looks for people with something in common."""

from flask import abort
from wtforms import SelectField
from wtforms.fields import SelectChoice

from mapservice.i18n import profile_words
from mapservice.i18n.labels import ROLES
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.privacy.nearness import Sought
from mapservice.privacy.profiles import Duration, LookingFor
from mapservice.privacy.visibility import Role
from mapservice.web.site.forms import QueryForm

_NO_AUTOCOMPLETE = {"autocomplete": "off"}


class SoughtForm(QueryForm):
    """What a viewer filters people by; empty for everyone."""

    role = SelectField(
        _l("Takes part as"),
        choices=[SelectChoice("", _l("everyone")), *(SelectChoice(role.value, words) for role, words in ROLES.items())],
        default="",
        render_kw=_NO_AUTOCOMPLETE,
    )
    language = SelectField(_l("Speaks"), default="", render_kw=_NO_AUTOCOMPLETE)
    looking_for = SelectField(
        _l("Is looking for"),
        choices=[
            SelectChoice("", _l("anything")),
            *(SelectChoice(one.value, words) for one, words in profile_words.LOOKING_FOR.items()),
        ],
        default="",
        render_kw=_NO_AUTOCOMPLETE,
    )
    duration = SelectField(
        _l("Has lived with it"),
        choices=[
            SelectChoice("", _l("any length of time")),
            *(SelectChoice(one.value, words) for one, words in profile_words.DURATIONS.items()),
        ],
        default="",
        render_kw=_NO_AUTOCOMPLETE,
    )

    def __init__(self) -> None:
        super().__init__()
        self.language.choices = [
            SelectChoice("", _l("any language")),
            *(SelectChoice(code, name) for code, name in profile_words.spoken()),
        ]

    def sought(self) -> Sought:
        """Return the filters; 422 if one of them does not exist."""
        if not self.validate():
            abort(422)
        return Sought(
            Role(self.role.data) if self.role.data else None,
            self.language.data or None,
            LookingFor(self.looking_for.data) if self.looking_for.data else None,
            Duration(self.duration.data) if self.duration.data else None,
        )
