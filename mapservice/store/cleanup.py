"""What nobody needs any more is forgotten: ended sessions, full buckets, old operations, sign-ups nobody confirmed."""

from sqlalchemy.orm import Session

from mapservice.config import Config
from mapservice.store.accounts import email_changes, known_devices, login_sessions, sign_ups
from mapservice.store.places import homes
from mapservice.store.site import mail_queue, operations, rate_limits

# How often is enough, in seconds.
EVERY = 600

# Allowances that are no setting, such as e-mails in a day, are full again after it.
_DAY_S = 24 * 60 * 60


def forget(session: Session, config: Config) -> int:
    """Delete all whose time is over; how many rows they were."""
    return (
        login_sessions.forget_expired(session, member=login_sessions.member_lifetime(config))
        + rate_limits.forget_full(session, seconds=max(_DAY_S, config.longest_rate_s))
        + mail_queue.forget_failures(session)
        + operations.forget_old(session)
        + sign_ups.delete_expired(session)
        + homes.forget_old_changes(session)
        + email_changes.delete_old(session)
        + known_devices.delete_unused(session)
    )
