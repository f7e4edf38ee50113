"""The form of a location: zone, audience, and the necessary consents."""

import datetime as dt

from wtforms import PasswordField, RadioField, StringField
from wtforms.fields import SelectChoice

from mapservice.actions.show_location import Outcome
from mapservice.i18n.labels import AUDIENCES
from mapservice.i18n.translation import format_date
from mapservice.i18n.translation import gettext as _
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.privacy.home_changes import COOLDOWN
from mapservice.privacy.showing import Obstacle
from mapservice.privacy.visibility import Audience
from mapservice.store.tables import Membership
from mapservice.web.site.forms import Form, Tick


class LocationForm(Form):
    """A request to show a location. ``zone`` is empty for no location; the page itself finds the zones."""

    zone = StringField()
    audience = RadioField(
        choices=[SelectChoice(audience.value, words) for audience, words in AUDIENCES.items()],
        invalid_choice_message=_l("Choose who can see it."),
    )
    # The ids that the scripts of the page use for the controls; their containers have the plain names.
    finer = Tick(id="finer-tick")
    moved = Tick(id="moved-tick")
    password = PasswordField(
        _l("Your password (only needed to become more visible)"),
        id="password-input",
        render_kw={"autocomplete": "current-password"},
    )

    @classmethod
    def of(cls, membership: Membership, zone: str) -> "LocationForm":
        """Return the form with the present audience of a member, and the zone that they have reached."""
        return cls(formdata=None, data={"zone": zone, "audience": membership.audience})

    @property
    def chosen(self) -> Audience:
        """The chosen audience, once the form is valid."""
        return Audience(self.audience.data)

    def explain(self, outcome: Outcome) -> None:
        """Add the obstacles as errors to the fields."""
        for obstacle in outcome.obstacles:
            self.reject(*_in_words(obstacle, outcome.next_move_date))


def _in_words(obstacle: Obstacle, next_move_date: dt.date | None) -> tuple[str, str]:
    """Return the field of the form that an obstacle belongs to, and the message."""
    return {
        Obstacle.TOO_FINE: ("zone", _("For someone under 18, you can show at most the region.")),
        Obstacle.NEEDS_CONSENT: (
            "finer",
            _("Few people with this condition live there. Please agree to be shown there, or choose a wider zone."),
        ),
        Obstacle.SAY_MOVED: (
            "moved",
            _("This is not the location we have for you. Please confirm that you have moved."),
        ),
        Obstacle.MOVED_TOO_SOON: (
            "zone",
            _(
                "You changed your location less than %(days)s days ago. You can choose another one from %(day)s. "
                "You can hide, show less or delete it at any time.",
                days=COOLDOWN.days,
                day=format_date(next_move_date) if next_move_date else "",
            ),
        ),
        Obstacle.CONFIRM_IDENTITY: (
            "password",
            _("To become more visible, please confirm your password."),
        ),
    }[obstacle]
