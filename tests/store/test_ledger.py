"""The ledger: lines are added and read, and forgotten by the owner of the tables after three years."""

import datetime as dt

from mapservice.store import ledger
from mapservice.store.ledger import Act
from mapservice.store.tables import LedgerEntry


def test_lines_are_read_the_newest_first_and_by_what_was_done(session):
    ledger.note(session, Act.VIEW, "Dan", "admin.show")
    for at in range(3):
        ledger.note(session, Act.EXPORT, "Dan", f"c{at} by country", release=at, form="csv", purpose="x" * 400)

    how_many, lines = ledger.lines(session, Act.EXPORT, limit=2, offset=0)

    assert how_many == 3
    assert len(lines) == 2
    assert {line.act for line in lines} == {"export"}
    assert {len(line.purpose) for line in lines} == {ledger.PURPOSE_LENGTH}


def test_lines_are_forgotten_after_three_years_and_no_sooner(owner_session):
    now = dt.datetime.now(dt.UTC)
    for days in (1, 3 * 365 - 1, 3 * 365 + 1):
        line = LedgerEntry(act="view", actor="Dan", subject=str(days), format="", purpose="")
        line.made_at = now - dt.timedelta(days=days)
        owner_session.add(line)
    owner_session.flush()

    assert ledger.forget_old(owner_session) == 1
    assert {line.subject for line in ledger.lines(owner_session, Act.VIEW, limit=9, offset=0)[1]} == {"1", "1094"}
