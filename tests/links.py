"""The links of e-mails as they stand while they work, one of each kind."""

import secrets

from flask import Flask
from sqlalchemy.orm import Session

from mapservice.store.accounts import email_changes, sign_ups
from mapservice.store.notifications import notifications
from mapservice.store.tables import Member
from mapservice.web.accounts import email_change, login
from mapservice.web.site.browser_session import token_hash
from testing.accounts import member_by_email

NEWCOMER = "newcomer@example.org"


def live_tokens(app: Flask, session: Session, email: str) -> dict[str, str]:
    """A token for each route that a link of an e-mail leads to: of the member with an address, and of a newcomer."""
    token, member = secrets.token_urlsafe(), member_by_email(session, email)
    sign_ups.begin(session, token_hash(token), email=NEWCOMER, condition=None)
    change = email_changes.begin(session, member, "another@example.org")
    off = notifications.note_mailed(session, member)
    session.commit()
    with app.test_request_context():
        return {
            "notifications.switch_off": off,
            "sign_up.complete": token,
            "sign_in.reset": login.reset_token(member),
            "email_change.confirm": email_change.change_token(change, email_change.CONFIRM),
            "email_change.freeze": email_change.change_token(change, email_change.FREEZE),
        }


def late_tokens(app: Flask, session: Session, member: Member, frozen: Member) -> dict[str, str]:
    """Tokens of links that came too late: of an address that has an account by now, and of a change that was stopped.

    The member wants the address of the other one, whose own change is frozen.
    """
    token = secrets.token_urlsafe()
    sign_ups.begin(session, token_hash(token), email=member.email, condition=None)
    taken = email_changes.begin(session, member, frozen.email)
    stopped = email_changes.begin(session, frozen, "stopped@example.org")
    email_changes.freeze(session, stopped)
    session.commit()
    with app.test_request_context():
        return {
            "joined": token,
            "taken": email_change.change_token(taken, email_change.CONFIRM),
            "stopped": email_change.change_token(stopped, email_change.FREEZE),
        }
