"""The form with which a member chooses how often they want e-mail notifications."""

from wtforms import RadioField
from wtforms.fields import SelectChoice

from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.privacy.notifications import NotificationFrequency
from mapservice.web.site.forms import Form

#: The choices in words.
FREQUENCIES = {
    NotificationFrequency.DAILY: _l("At most once a day"),
    NotificationFrequency.HOURLY: _l("At most once an hour"),
    NotificationFrequency.NEVER: _l("Never"),
}


class NotificationsForm(Form):
    """How often a member wants e-mail notifications."""

    frequency = RadioField(
        _l("How often do you want e-mail notifications?"),
        choices=[SelectChoice(frequency.value, words) for frequency, words in FREQUENCIES.items()],
    )
