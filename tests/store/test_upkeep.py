"""What is over is forgotten, and nothing else."""

from sqlalchemy import func, select

from mapservice.store import allowances, upkeep
from mapservice.store.tables import Allowance, Member


def test_forgets_what_is_over_and_nothing_else(session, config):
    session.add(Member(email="old@example.org", pseudonym="Old", joined=func.current_date() - 30))
    session.add(Member(email="new@example.org", pseudonym="New"))
    allowances.spend(session, b"key", most=3, seconds=60)
    session.flush()

    assert upkeep.forget(session, config) == 1
    assert session.scalars(select(Member.email)).all() == ["new@example.org"]
    assert session.get(Allowance, b"key") is not None
