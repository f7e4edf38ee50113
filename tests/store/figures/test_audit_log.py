"""The audit log: lines are added and read, and forgotten by the owner of the tables after three years."""

import datetime as dt

import pytest
from sqlalchemy import text

from mapservice.store.figures import audit_log
from mapservice.store.figures.audit_log import Act
from mapservice.store.tables import AuditLogEntry


def test_lines_are_read_the_newest_first_and_by_what_was_done(session, dan):
    audit_log.add_entry(session, Act.VIEW, dan, "admin.show")
    for at in range(3):
        audit_log.add_entry(session, Act.EXPORT, dan, f"c{at} by country", release=at, form="csv", purpose="x" * 400)

    how_many, lines = audit_log.entries(session, Act.EXPORT, limit=2, offset=0)

    assert how_many == 3
    assert len(lines) == 2
    assert {line.act for line in lines} == {"export"}
    assert {len(line.purpose) for line in lines} == {audit_log.PURPOSE_LENGTH}


def test_lines_are_forgotten_after_three_years_and_no_sooner(owner_session):
    now = dt.datetime.now(dt.UTC)
    for days in (1, 3 * 365 - 1, 3 * 365 + 1):
        line = AuditLogEntry(act="view", actor="Dan", staff="", subject=str(days), format="", purpose="")
        line.made_at = now - dt.timedelta(days=days)
        owner_session.add(line)
    owner_session.flush()

    assert audit_log.delete_expired(owner_session) == 1
    assert {line.subject for line in audit_log.entries(owner_session, Act.VIEW, limit=9, offset=0)[1]} == {"1", "1094"}


def test_a_line_keeps_the_mark_of_an_account_whatever_it_is_called(session, dan):
    audit_log.add_entry(session, Act.EXPORT, dan, "first")
    dan.pseudonym = "command line"
    audit_log.add_entry(session, Act.EXPORT, dan, "second")
    audit_log.add_entry(session, Act.EXPORT, None, "third")

    marks = {
        line.subject: (line.actor, line.staff) for line in audit_log.entries(session, Act.EXPORT, limit=9, offset=0)[1]
    }
    mark = audit_log.account_mark(dan)
    assert marks == {"first": ("Dan", mark), "second": ("command line", mark), "third": ("", "")}
    assert str(dan.id)[:8] != mark


def test_never_lets_a_page_say_when_a_line_was_added(session, dan):
    with pytest.raises(Exception, match="permission denied"), session.begin_nested():
        session.execute(text("insert into ledger_entry (id, made_at, actor, staff, act, subject, format, purpose) "
                             "values (gen_random_uuid(), '2020-01-01', 'x', '', 'view', '', '', '')"))  # fmt: skip
