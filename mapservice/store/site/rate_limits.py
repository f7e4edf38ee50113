"""Rate limits as token buckets: how much one account or address may still do."""

from sqlalchemy import delete, func, text
from sqlalchemy.orm import Session

from mapservice.store.tables import Allowance

# One statement, so that exactly as many simultaneous attempts succeed as there are tokens: the row lock serialises
# them. Losing the last moments of a bucket in a crash is harmless, so the commit does not wait for the disk.
_SPEND = text("""
    insert into allowance as bucket (key, tokens, filled_at)
    select :key, cast(:capacity as double precision) - 1, now()
      from (select set_config('synchronous_commit', 'off', true)) as quickly
    on conflict (key) do update
       set tokens = least(:capacity, bucket.tokens
                    + greatest(0, extract(epoch from now() - bucket.filled_at)) * :capacity / :seconds) - 1,
           filled_at = greatest(bucket.filled_at, now())
     where least(:capacity, bucket.tokens
                 + greatest(0, extract(epoch from now() - bucket.filled_at)) * :capacity / :seconds) >= 1
    returning tokens
""")

_WAIT = text("""
    select ceil((1 - tokens) * :seconds / :capacity - greatest(0, extract(epoch from now() - filled_at)))
      from allowance where key = :key
""")


def consume(session: Session, key: bytes, *, capacity: int, seconds: int) -> int:
    """Take one token from a bucket of ``capacity`` that fills in ``seconds``; return the seconds to wait, or 0."""
    values = {"key": key, "capacity": capacity, "seconds": seconds}
    if session.scalar(_SPEND, values) is not None:
        return 0
    return max(1, int(session.scalar(_WAIT, values) or 1))


def is_used_up(session: Session, key: bytes, *, capacity: int, seconds: int) -> bool:
    """Return whether a bucket of ``capacity`` that fills in ``seconds`` has no token left; none is taken."""
    return (session.scalar(_WAIT, {"key": key, "capacity": capacity, "seconds": seconds}) or 0) > 0


def delete_full(session: Session, *, seconds: int = 86_400) -> int:
    """Delete buckets that were not used for so long that they are full again; return how many."""
    untouched = delete(Allowance).where(
        Allowance.filled_at < func.now() - func.make_interval(0, 0, 0, 0, 0, 0, seconds)
    )
    return session.connection().execute(untouched).rowcount
