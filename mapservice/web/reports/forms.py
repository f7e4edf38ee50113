"""The form of a report."""

from wtforms import RadioField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from mapservice.i18n.report_words import REASONS
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.privacy.reports import MAX_NOTE
from mapservice.web.site.forms import Form

_CHOOSE = _l("Choose a reason.")


class ReportForm(Form):
    """Why somebody is reported. A browser sends the end of each line as two characters, which are one here."""

    reason = RadioField(
        _l("Why are you reporting this?"),
        choices=[SelectChoice(reason.value, words) for reason, words in REASONS.items()],
        validators=[InputRequired(message=_CHOOSE)],
        invalid_choice_message=_CHOOSE,
    )
    note = TextAreaField(
        _l("What should the moderators know? (optional)"),
        filters=[lambda text: "\n".join((text or "").splitlines()).strip()],
        validators=[Length(max=MAX_NOTE, message=_l("Use at most %(length)s characters.", length=MAX_NOTE))],
        render_kw={"rows": "4", "maxlength": str(MAX_NOTE)},
    )
