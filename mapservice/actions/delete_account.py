"""Delete an account."""

import structlog
from sqlalchemy.orm import Session

from mapservice import logs
from mapservice.config import Config
from mapservice.mail import outbox
from mapservice.store.accounts import members
from mapservice.store.tables import Member
from mapservice.store.texts import writing

log = structlog.get_logger()
logs.declare("outbox_not_cleared")


def delete_account(session: Session, config: Config, member: Member, *, keep_texts: bool = False) -> None:
    """Delete a member with all their data, in the database and in the outbox folder.

    With ``keep_texts`` the texts that others can read stay, by a former member, without any link to the account.

    The folder is cleared in the transaction, when no e-mail to them can follow: after the commit nothing is left to do.
    """
    email = member.email
    if keep_texts:
        writing.keep_without_author(session, member.id)
    members.delete_account(session, member)
    try:
        outbox.delete_for(config, email)
    except OSError as problem:
        # Deleting must always work. What is left in the folder is deleted within the hour.
        log.error("outbox_not_cleared", error=type(problem).__name__)
