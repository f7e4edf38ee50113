"""The form of a location: which zone is shown to whom, and what a member agrees to with it."""

import datetime as dt

from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, RadioField, StringField
from wtforms.fields import SelectChoice

from mapservice.actions.show_location import Outcome
from mapservice.i18n.labels import AUDIENCES
from mapservice.privacy.home_changes import COOLDOWN
from mapservice.privacy.showing import Obstacle
from mapservice.privacy.visibility import Audience
from mapservice.store.tables import Membership
from mapservice.web.site.forms import Form, Tick


class LocationForm(Form):
    """What a member wishes to show. ``zone`` is empty for no location; which zones there are, the page finds out."""

    zone = StringField()
    audience = RadioField(
        choices=[SelectChoice(audience.value, words) for audience, words in AUDIENCES.items()],
        invalid_choice_message=_l("Choose who can see it."),
    )
    # The ids by which the page calls the controls themselves: what holds them has the plain names.
    finer = Tick(id="finer-tick")
    moved = Tick(id="moved-tick")
    password = PasswordField(id="password-input")

    @classmethod
    def of(cls, membership: Membership, zone: str) -> "LocationForm":
        """Return the form as it stands for a member: the stored audience, with the zone they have come to."""
        return cls(formdata=None, data={"zone": zone, "audience": membership.audience})

    @property
    def chosen(self) -> Audience:
        """To whom it is to be shown, once the form is valid."""
        return Audience(self.audience.data)

    def explain(self, outcome: Outcome) -> None:
        """Note at the fields what prevents the wish."""
        for obstacle in outcome.obstacles:
            self.reject(*_in_words(obstacle, outcome.free_again))


def _in_words(obstacle: Obstacle, free_again: dt.date | None) -> tuple[str, str]:
    """The field of the form that an obstacle belongs to, and what it says."""
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
                day=format_date(free_again) if free_again else "",
            ),
        ),
        Obstacle.CONFIRM_IDENTITY: (
            "password",
            _("To become more visible, please confirm your password."),
        ),
    }[obstacle]
