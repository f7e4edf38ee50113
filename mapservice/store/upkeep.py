"""What nobody needs any more is forgotten: ended sessions, full buckets, old operations, sign-ups nobody confirmed."""

from sqlalchemy.orm import Session

from mapservice.config import Config
from mapservice.store import allowances, devices, email_changes, mails, operations, places, sessions, sign_ups

# How often is enough, in seconds.
EVERY = 600

# Allowances that are no setting, such as e-mails in a day, are full again after it.
_DAY_S = 24 * 60 * 60


def forget(session: Session, config: Config) -> int:
    """Delete all whose time is over; how many rows they were."""
    return (
        sessions.forget_expired(session, member=sessions.member_lifetime(config))
        + allowances.forget_full(session, seconds=max(_DAY_S, config.longest_rate_s))
        + mails.forget_failures(session)
        + operations.forget_old(session)
        + sign_ups.delete_expired(session)
        + places.forget_old_changes(session)
        + email_changes.delete_old(session)
        + devices.delete_unused(session)
    )
