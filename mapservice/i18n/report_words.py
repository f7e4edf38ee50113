"""The words about reports: reasons, and what came of them."""

from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.privacy.reports import ReportKind, ReportReason, ReportState

REASONS = {
    ReportReason.SELLING: _l("They are selling something, such as a cure"),
    ReportReason.HARASSMENT: _l("They are harassing or threatening someone"),
    ReportReason.IMPOSTOR: _l("They are pretending to be someone else"),
    ReportReason.PRIVACY: _l("They are showing private details of someone"),
    ReportReason.DANGER: _l("They are giving dangerous advice"),
    ReportReason.OTHER: _l("Something else"),
}

KINDS = {ReportKind.CARD: _l("A profile"), ReportKind.MESSAGES: _l("Messages"), ReportKind.TEXT: _l("A text")}

#: For the reporter.
ANSWERS = {
    ReportState.OPEN: _l("We have not checked it yet."),
    ReportState.DISMISSED: _l("We have checked it, and decided to do nothing for now."),
    ReportState.ACTED: _l("We have checked it, and taken action."),
    ReportState.SUSPENDED: _l("We have checked it, and suspended the account."),
}

#: For moderators.
DECISIONS = {
    ReportState.OPEN: _l("Open"),
    ReportState.DISMISSED: _l("Dismissed"),
    ReportState.ACTED: _l("Action taken"),
    ReportState.SUSPENDED: _l("Account suspended"),
}
