"""E-mails that something new waits for a member on the service: never what it is, from whom, or in which community."""

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from mapservice import db
from mapservice.config import Config
from mapservice.i18n.languages import LANGUAGES, SOURCE
from mapservice.i18n.translation import gettext as _
from mapservice.i18n.translation import use_locale
from mapservice.privacy.notifications import NotificationFrequency
from mapservice.store.across.subjects import NEWS
from mapservice.store.notifications import notifications
from mapservice.store.operator import settings
from mapservice.store.site import mail_queue
from mapservice.store.tables import Member
from mapservice.store.transactions import row_security

#: The kind of these e-mails in the queue.
KIND = "notification"

#: The path of the page that switches them off, before the token.
OFF_PATH = "/e-mails/off/"

# Members told in one run, so that the worker gets to its other jobs.
_BATCH_SIZE = 100


def send_due(engine: Engine | Connection, config: Config) -> int:
    """Queue the e-mails that are due; return how many."""
    told = 0
    for _number in range(_BATCH_SIZE):
        with db.transaction(engine) as session:
            member = notifications.next_due(session)
            if member is None:
                break
            told += _tell(session, config, member)
    return told


def _tell(session: Session, config: Config, member: Member) -> bool:
    """Queue an e-mail to a member if it is due and they have not seen the news yet, or can no longer see it."""
    kinds = notifications.kinds_due(session, member)
    with row_security.acting_for(session, member.id):
        has_news = any(kind in NEWS and NEWS[kind](session, member) for kind in kinds)
    if not has_news:
        return False
    chosen, token = notifications.frequency(session, member), notifications.note_mailed(session, member)
    off_url = f"{config.address}{OFF_PATH}{token}"
    with use_locale(member.language if member.language in LANGUAGES else SOURCE):
        subject, body = _("There is something new for you"), _body(session, config, chosen, off_url)
    mail_queue.enqueue(session, member.email, subject, body, KIND, off_url=off_url)
    return True


def _body(session: Session, config: Config, chosen: NotificationFrequency, off_url: str) -> str:
    often = {
        NotificationFrequency.DAILY: _("We send at most one e-mail like this a day."),
        NotificationFrequency.HOURLY: _("We send at most one e-mail like this an hour."),
    }
    paragraphs = [
        _("Hello,"),
        _("There is something new for you. Sign in to read it:"),
        f"{config.address}/sign-in",
        f"{often[chosen]} {_('To stop them, open this link and press the button:')}",
        off_url,
        settings.name_in_emails(session, config),
        config.address,
    ]
    return "\n\n".join(filter(None, paragraphs)) + "\n"
