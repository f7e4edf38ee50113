"""The withdrawals since a backup was made, repeated from their log in the database that was restored."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from mapservice.store.accounts import email_changes, members
from mapservice.store.across import after_restore
from mapservice.store.care import memorials
from mapservice.store.knowledge import withdrawn_articles
from mapservice.store.messages import erasure
from mapservice.store.reports import suspensions
from mapservice.store.tables import Member
from mapservice.store.texts import writing as texts
from mapservice.withdrawal_log import CLOCKS, Kind, WithdrawalLog


@dataclass(slots=True)
class Withdrawn:
    """The withdrawals of one account since a moment: the strongest kind, and how often its e-mail address changed."""

    kind: Kind = Kind.WITHDREW
    addresses: int = 0


@dataclass(slots=True)
class RepeatedWithdrawals:
    """Numbers of accounts that were deleted again, hidden, and locked (these are hidden too), and of conversations.

    ``suspended`` is how many accounts were suspended again; they are among the hidden ones.
    """

    numbers: Counter[Kind] = field(default_factory=Counter)
    conversations: int = 0
    suspended: int = 0

    @property
    def deleted(self) -> int:
        """Number of deleted accounts."""
        return self.numbers[Kind.DELETED]

    @property
    def hidden(self) -> int:
        """Number of hidden accounts."""
        return self.numbers[Kind.WITHDREW] + self.locked

    @property
    def locked(self) -> int:
        """Number of accounts that cannot be reached by the address in the backup."""
        return self.numbers[Kind.READDRESSED]


def repeat_withdrawals(
    session: Session,
    logs: Sequence[WithdrawalLog],
    until: dt.datetime,
    *,
    everybody: bool = False,
    delete_account: Callable[[Session, Member], None] = members.delete_account,
) -> RepeatedWithdrawals:
    """Repeat the withdrawals since ``until`` that are recorded in logs with the same key.

    Accounts whose deletion was committed are deleted again; with ``everybody`` all other accounts are hidden.
    Conversations that were deleted or declined are so again; with ``everybody`` all are deleted. Texts that were
    withdrawn, changed or removed are withdrawn; with ``everybody`` all are. Choices after a death that were undone or
    withdrawn are so again. Of suspensions holds what staff decided last.
    """
    log, since, again = logs[0], _since(until), RepeatedWithdrawals()
    suspended = _suspended(logs, since)
    withdrawn = _withdrawn(logs, since)
    for member_id in session.scalars(select(Member.id).order_by(Member.id)).all():
        mark = log.account_mark(member_id)
        withdrawal = withdrawn.get(mark, Withdrawn() if everybody else None)
        if suspended.get(mark) is False:
            suspensions.lift(session, session.get_one(Member, member_id))
        if withdrawal is None:
            continue
        member, kind = session.get_one(Member, member_id), withdrawal.kind
        if kind is Kind.READDRESSED and email_changes.known_since(session, member_id, since) >= withdrawal.addresses:
            kind = Kind.WITHDREW  # the backup has the new address already
        if kind is Kind.DELETED:
            delete_account(session, member)
        elif kind is Kind.READDRESSED:
            after_restore.lock(session, member, until, log)
        else:
            after_restore.hide(session, member, until)
        if kind is not Kind.DELETED and suspended.get(mark):
            again.suspended += suspensions.suspend(session, member)
        again.numbers[kind] += 1
    unknown = Kind.DELETED if everybody else None
    memorials.repeat(session, lambda id_: (_kind_of(withdrawn, log, id_) or unknown) is Kind.DELETED)
    again.conversations = erasure.repeat(session, lambda id_: _kind_of(withdrawn, log, id_) or unknown)
    texts.repeat(session, lambda id_: everybody or _kind_of(withdrawn, log, id_) is not None)
    withdrawn_articles.repeat(session, lambda id_: _kind_of(withdrawn, log, id_) is not None)
    return again


def _kind_of(withdrawn: Mapping[str, Withdrawn], log: WithdrawalLog, id_: uuid.UUID) -> Kind | None:
    found = withdrawn.get(log.account_mark(id_))
    return found.kind if found else None


def _since(until: dt.datetime) -> dt.datetime:
    """Return the hour from which the log is read."""
    is_known = until > dt.datetime.min.replace(tzinfo=dt.UTC) + CLOCKS
    return (until - CLOCKS if is_known else until).astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)


def _withdrawn(logs: Sequence[WithdrawalLog], since: dt.datetime) -> dict[str, Withdrawn]:
    """Return the withdrawals by mark. An unfinished deletion counts as hiding: it may not have been committed."""
    by_mark: dict[str, Withdrawn] = {}
    # A log may be a copy of another one, made before an entry was marked as done.
    entries = sorted((entry for log in logs for entry in log.entries(since)), key=lambda entry: entry.is_done)
    for entry in {entry.id: entry for entry in entries}.values():
        if entry.kind is Kind.REINSTATED:
            continue
        is_less = entry.kind is Kind.SUSPENDED or (entry.kind is Kind.DELETED and not entry.is_done)
        kind = Kind.WITHDREW if is_less else entry.kind
        withdrawn = by_mark.setdefault(entry.mark, Withdrawn())
        withdrawn.kind = max(kind, withdrawn.kind, key=lambda candidate: candidate.weight)
        withdrawn.addresses += kind is Kind.READDRESSED
    return by_mark


def _suspended(logs: Sequence[WithdrawalLog], since: dt.datetime) -> dict[str, bool]:
    """Return by mark whether an account was suspended, or reinstated, by what staff decided last."""
    entries = [entry for log in logs for entry in log.entries(since) if entry.is_done]
    by_time = sorted(entries, key=lambda entry: entry.hour)
    decided = (Kind.SUSPENDED, Kind.REINSTATED)
    return {entry.mark: entry.kind is Kind.SUSPENDED for entry in by_time if entry.kind in decided}
