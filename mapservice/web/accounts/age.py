"""Members under 18. Only the month in which they turn 18 is stored, no other information about their age.

Until then they are shown no finer than by region. They can choose a later month by themselves, but only staff can set
an earlier one: a rule that protects children must not be switched off by a click.
"""

import datetime as dt
from typing import Any

from flask import Blueprint, flash, redirect, url_for
from wtforms import Field, RadioField, SelectField, ValidationError
from wtforms.validators import InputRequired

from mapservice.current import current_config
from mapservice.db import commit, get_session
from mapservice.i18n.dates import today
from mapservice.i18n.translation import format_date
from mapservice.i18n.translation import gettext as _
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.store.accounts import minors
from mapservice.store.tables import Member
from mapservice.web.accounts.access import member_required
from mapservice.web.site import rate_limits
from mapservice.web.site.forms import Answer, Form, page
from mapservice.web.site.retries import idempotent

bp = Blueprint("age", __name__)

ADULT, MINOR = "adult", "minor"
OF_AGE = 18


def months(now: dt.date, *, from_age: int) -> list[dt.date]:
    """Return the first days of the months in which a person turns 18 who is at least ``from_age`` years old now.

    >>> found = months(dt.date(2026, 11, 27), from_age=16)
    >>> len(found), str(found[0]), str(found[-1])
    (25, '2026-11-01', '2028-11-01')
    """
    first = now.year * 12 + now.month - 1
    return [dt.date(n // 12, n % 12 + 1, 1) for n in range(first, first + 12 * max(OF_AGE - from_age, 0) + 1)]


def minimum_age() -> int:
    """Return the minimum age for signing up, in years."""
    config = current_config()
    return config.minimum_age


def is_minor(member: Member) -> bool:
    """Return whether a member is under 18, according to what they said."""
    return member.minor_until is not None and member.minor_until > today()


class MonthForm(Form):
    """The month in which somebody turns 18."""

    turns_18 = SelectField(_l("In which month do you turn 18?"), validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first_days = months(today(), from_age=minimum_age())
        self.turns_18.choices = [("", _("Choose a month"))] + [
            (month.isoformat()[:7], format_date(month, "LLLL yyyy")) for month in first_days
        ]

    @property
    def month(self) -> dt.date | None:
        """The chosen month, by its first day, or None."""
        offered = {value for value, _words in self.turns_18.choices if value}
        return dt.date.fromisoformat(f"{self.turns_18.data}-01") if self.turns_18.data in offered else None

    def validate_turns_18(self, _field: Field) -> None:
        """Require a possible month."""
        if self.month is None:
            raise ValidationError(_l("Choose the month you turn 18."))


class AgeForm(MonthForm):
    """Whether somebody who signs up is under 18, and the month in which they turn 18."""

    age = RadioField(_l("How old are you?"), validators=[InputRequired(_l("Choose how old you are."))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.age.choices = _ages()

    @property
    def minor_until(self) -> dt.date | None:
        """The month in which somebody under 18 turns 18, by its first day; None for adults."""
        return self.month if self.age.data == MINOR else None

    def validate_turns_18(self, field: Field) -> None:
        """Require the month from those under 18."""
        if self.age.data == MINOR:
            super().validate_turns_18(field)


def _ages() -> list[tuple[str, str]]:
    lowest = minimum_age()
    adult = (ADULT, _("I am %(age)s or older", age=max(lowest, OF_AGE)))
    if lowest >= OF_AGE:
        return [adult]
    years = list(range(lowest, OF_AGE))
    if len(years) == 1:
        words = _("I am %(age)s", age=lowest)
    elif len(years) == 2:
        words = _("I am %(age)s or %(older)s", age=years[0], older=years[1])
    else:
        words = _("I am %(age)s to %(older)s", age=years[0], older=years[-1])
    return [adult, (MINOR, words)]


@bp.route("/account/age", methods=["GET", "POST"])
@rate_limits.unlimited
@member_required
@idempotent
def edit(member: Member) -> Answer:
    """Let a member state that they are under 18; from then on they are shown no finer than by region."""
    form = MonthForm(data={"turns_18": member.minor_until.isoformat()[:7] if member.minor_until else ""})
    if not form.validate_on_submit():
        return page("accounts/age/edit.html", form, member=member, is_minor=is_minor(member))
    if form.month is None or (member.minor_until is not None and form.month < member.minor_until):
        form.turns_18.errors = [
            _l("You can only choose a later month. If you made a mistake, contact the people who run this service.")
        ]
        return page("accounts/age/edit.html", form, member=member, is_minor=is_minor(member))
    minors.protect(get_session(), member, form.month, today=today())
    commit(get_session())
    flash(_("Saved. Until you turn 18, others can see at most your region."), "success")
    return redirect(url_for("settings.show"), code=303)
