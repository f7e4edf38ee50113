"""E-mails after a death, to each of those who speak for the person: never what it is, of whom, or in which community.

Unlike those about other news they are always sent: nobody should miss the days in which it can be undone.
"""

import datetime as dt

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from mapservice import db
from mapservice.config import Config
from mapservice.i18n.languages import LANGUAGES, SOURCE
from mapservice.i18n.translation import gettext as _
from mapservice.i18n.translation import use_locale
from mapservice.store.care import memorial_notices
from mapservice.store.notifications import notifications
from mapservice.store.operator import settings
from mapservice.store.site import mail_queue
from mapservice.store.tables import Member

#: The kind of these e-mails in the queue.
KIND = "memorial"

# Members told in one run, so that the worker gets to its other jobs.
_BATCH_SIZE = 100


def send_due(engine: Engine | Connection, config: Config) -> int:
    """Tell those whose secret delay is over, on the service and by e-mail; return how many."""
    told = 0
    for _number in range(_BATCH_SIZE):
        with db.transaction(engine) as session:
            member = memorial_notices.next_due(session, dt.datetime.now(dt.UTC).date())
            if member is None:
                break
            tell(session, config, member)
            told += 1
    return told


def tell(session: Session, config: Config, member: Member) -> None:
    """Queue an e-mail to a member who can sign in to read."""
    if not notifications.can_sign_in(member):
        return
    with use_locale(member.language if member.language in LANGUAGES else SOURCE):
        subject = _("Please sign in to read a message from us")
        paragraphs = [
            _("Hello,"),
            _("There is a message for you about your account. It is not an advertisement. Sign in to read it:"),
            f"{config.address}/sign-in",
            settings.name_in_emails(session, config),
            config.address,
        ]
    mail_queue.enqueue(session, member.email, subject, "\n\n".join(filter(None, paragraphs)) + "\n", KIND)
