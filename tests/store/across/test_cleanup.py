"""What is over is forgotten, and nothing else."""

import datetime as dt
from dataclasses import replace

from sqlalchemy import func, select, text, update

from mapservice.store.accounts import sign_ups
from mapservice.store.across import cleanup
from mapservice.store.site import rate_limits
from mapservice.store.tables import Allowance, Member, PendingSignUp


def test_forgets_what_is_over_and_nothing_else(session, config):
    session.add(Member(email="bob@example.org", pseudonym="Bob", joined=func.current_date() - 30))
    for email, age in (("old@example.org", sign_ups.RETENTION), ("new@example.org", dt.timedelta())):
        session.add(PendingSignUp(token_hash=email.encode(), email=email, created_at=func.now() - age))
    rate_limits.consume(session, b"key", capacity=3, seconds=60)
    session.flush()

    assert cleanup.delete_expired(session, config) == 1
    assert session.scalars(select(PendingSignUp.email)).all() == ["new@example.org"]
    assert session.scalars(select(Member.email)).all() == ["bob@example.org"]
    assert session.get(Allowance, b"key") is not None


def test_never_forgets_an_allowance_before_its_time(session, config):
    slow = replace(config, limit_sign_in="3 per 7 days")
    rate_limits.consume(session, b"slow", capacity=3, seconds=7 * 86_400)

    def later(days: int) -> None:
        session.execute(update(Allowance).values(filled_at=Allowance.filled_at - text(f"interval '{days} days'")))

    later(6)
    cleanup.delete_expired(session, slow)
    assert session.get(Allowance, b"slow", populate_existing=True) is not None
    later(2)
    cleanup.delete_expired(session, slow)
    assert session.scalar(select(func.count()).select_from(Allowance)) == 0
