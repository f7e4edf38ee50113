"""The words about what staff looked at."""

from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.privacy.staff_looks import LookKind

#: For the member: what it was, and why.
LOOKS = {
    LookKind.YOUR_REPORT: _l("A moderator read a report that you made, to decide it."),
    LookKind.REPORT_ABOUT_YOU: _l(
        "A moderator read a report about you, to decide whether something is against the rules."
    ),
    LookKind.TEXT: _l("A moderator read a text of yours, to decide whether others can read it."),
    LookKind.SUSPENDED_LIST: _l("A moderator read the list of suspended accounts, which had your name, to check it."),
    LookKind.SUSPENDED: _l("A moderator suspended your account, because of a report."),
    LookKind.REINSTATED: _l("A moderator ended the suspension of your account, after another check."),
    LookKind.APPOINTED: _l("Someone who runs this service gave you a staff role."),
    LookKind.DISMISSED: _l("Someone who runs this service removed a staff role from you."),
    LookKind.FACTOR_REMOVED: _l(
        "Someone who runs this service removed your second factor, because they were asked to: it was lost."
    ),
    LookKind.AGE_CHANGED: _l(
        "Someone who runs this service noted that you, or the person you represent, are not under 18, because they "
        "were asked to."
    ),
}
