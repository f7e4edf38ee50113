"""The only function that commits, for pages, commands and the worker.

Withdrawals are written to the withdrawal log before the commit, and marked as done after it.
"""

from contextlib import suppress

import structlog
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from mapservice import logs
from mapservice.store.transactions.withdrawals import pop
from mapservice.withdrawal_log import Withdrawal, WithdrawalLog

log = structlog.get_logger()
logs.declare("withdrawal_not_logged")


def commit(session: Session) -> None:
    """Commit a session. Nothing else in the service commits."""
    session.commit()


def log_withdrawals(session: Session, withdrawals: WithdrawalLog) -> None:
    """Make a session write its withdrawals to the log: an entry before the commit, a mark that it is done after it."""
    logging = _Logging(withdrawals)
    event.listen(session, "before_commit", logging.write)
    event.listen(session, "after_commit", logging.mark)
    event.listen(session, "after_soft_rollback", logging.discard)


class _Logging:
    """The withdrawals of one session that were written and not marked yet."""

    def __init__(self, withdrawals: WithdrawalLog) -> None:
        self.log = withdrawals
        self.written: list[Withdrawal] = []

    def write(self, session: Session) -> None:
        if session.in_nested_transaction():
            return
        # Anything that fails before this point was not done, and leaves no entry.
        session.flush()
        self.written.clear()
        for member_id, kind in pop(session).items():
            try:
                self.written.append(self.log.write(member_id, kind))
            except OSError as problem:
                # Hiding must work on a full disk too: the member is hidden, and the operator sees the log event.
                log.error("withdrawal_not_logged", error=type(problem).__name__)

    def mark(self, session: Session) -> None:
        while self.written and not session.in_nested_transaction():
            # An entry without its mark counts as done: the safe side.
            with suppress(OSError):
                self.log.mark_done(self.written[-1])
            self.written.pop()

    def discard(self, session: Session, ended: SessionTransaction) -> None:
        if not ended.nested:
            pop(session)
            self.written.clear()
