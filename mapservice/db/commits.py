"""The only function that commits, for pages, commands and the worker.

Withdrawals are written to the withdrawal log before the commit, and marked as done after it.
"""

from contextlib import suppress

import structlog
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from mapservice import logs
from mapservice.store.withdrawals import pop
from mapservice.withdrawal_log import Withdrawal, WithdrawalLog

log = structlog.get_logger()
logs.declare("withdrawal_not_logged")


def commit(session: Session) -> None:
    """Commit a session. Nothing else in the service commits."""
    session.commit()


def log_withdrawals(session: Session, withdrawals: WithdrawalLog) -> None:
    """Make a session write its withdrawals to the log: an entry before the commit, a mark that it is done after it."""
    written: list[Withdrawal] = []

    def write(session: Session) -> None:
        if session.in_nested_transaction():
            return
        # Anything that fails before this point was not done, and leaves no entry.
        session.flush()
        written.clear()
        for member_id, kind in pop(session).items():
            try:
                written.append(withdrawals.write(member_id, kind))
            except OSError as problem:
                # Hiding must work on a full disk too: the member is hidden, and the operator sees the log event.
                log.error("withdrawal_not_logged", error=type(problem).__name__)

    def mark(session: Session) -> None:
        while written and not session.in_nested_transaction():
            # An entry without its mark counts as done: the safe side.
            with suppress(OSError):
                withdrawals.mark_done(written[-1])
            written.pop()

    def discard(session: Session, ended: SessionTransaction) -> None:
        if not ended.nested:
            pop(session)
            written.clear()

    event.listen(session, "before_commit", write)
    event.listen(session, "after_commit", mark)
    event.listen(session, "after_soft_rollback", discard)
