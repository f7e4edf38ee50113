"""What is over is forgotten, and nothing else."""

import datetime as dt

from sqlalchemy import func, select

from mapservice.store import allowances, sign_ups, upkeep
from mapservice.store.tables import Allowance, Member, PendingSignUp


def test_forgets_what_is_over_and_nothing_else(session, config):
    session.add(Member(email="bob@example.org", pseudonym="Bob", joined=func.current_date() - 30))
    for email, age in (("old@example.org", sign_ups.KEPT), ("new@example.org", dt.timedelta())):
        session.add(PendingSignUp(token_hash=email.encode(), email=email, created_at=func.now() - age))
    allowances.spend(session, b"key", most=3, seconds=60)
    session.flush()

    assert upkeep.forget(session, config) == 1
    assert session.scalars(select(PendingSignUp.email)).all() == ["new@example.org"]
    assert session.scalars(select(Member.email)).all() == ["bob@example.org"]
    assert session.get(Allowance, b"key") is not None
