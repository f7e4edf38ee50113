"""The second wall around conversations: which rows PostgreSQL lets the pages and the worker use.

A page has the conversations of the member who has signed in, whatever it asks for. Each task of the service has what it
needs, and no message.
``store/transactions/row_security.py`` names the member or the task.
"""

from mapservice.store.tables.declaration import READ, Policy
from mapservice.store.transactions.row_security import MEMBER, TASK, RowTask

#: The rights of the pages on the view that the policies read.
VIEWS = {"my_conversation": READ}

# The member of this transaction; null if there is none.
_ME = f"nullif(current_setting('{MEMBER}', true), '')::uuid"

_IS_OWN = f"member_id = {_ME}"


def _is_mine(table: str, id_column: str) -> str:
    """Return the condition that the member of this transaction is part of the conversation of a row.

    The view shows their conversations with the rights of its owner: a policy of a table cannot read that table.
    """
    return (
        f"exists (select from my_conversation mine where mine.condition_id = {table}.condition_id "
        f"and mine.conversation_id = {table}.{id_column})"
    )


def _is_task(task: RowTask) -> str:
    return f"current_setting('{TASK}', true) = '{task}'"


_IN_MINE = f"{_IS_OWN} or {_is_mine('conversation', 'id')}"

_IS_EXPIRING = f"{_is_task(RowTask.DELETE_EXPIRED)} and state <> 'accepted'"

# Only the member who begins a conversation puts somebody into it.
_IS_BEGUN = (
    "exists (select from conversation begun where begun.condition_id = participant.condition_id "
    f"and begun.id = participant.conversation_id and begun.{_IS_OWN})"
)

_IS_MY_MESSAGE = f"{_IS_OWN} and {_is_mine('message', 'conversation_id')}"

POLICIES = {
    "conversation": (
        Policy("read_own", "select", _IN_MINE),
        Policy("begin", "insert", check=_IS_OWN),
        Policy("change_own", "update", _IN_MINE),
        Policy("delete_own", "delete", _IN_MINE),
        Policy("read_keys", "select", _is_task(RowTask.CHANGE_KEYS)),
        Policy("change_keys", "update", _is_task(RowTask.CHANGE_KEYS)),
        Policy("read_expired", "select", _IS_EXPIRING),
        Policy("delete_expired", "delete", _IS_EXPIRING),
    ),
    "participant": (
        Policy("read_own", "select", f"{_IS_OWN} or {_is_mine('participant', 'conversation_id')}"),
        Policy("begin", "insert", check=_IS_BEGUN),
        Policy("change_own", "update", _IS_OWN),
        Policy("delete_own", "delete", _IS_OWN),
    ),
    "message": (
        Policy("read_own", "select", _is_mine("message", "conversation_id")),
        Policy("write_own", "insert", check=_IS_MY_MESSAGE),
    ),
    "draft": (
        Policy("read_own", "select", _IS_OWN),
        Policy("write_own", "insert", check=_IS_OWN),
        Policy("delete_own", "delete", _IS_OWN),
    ),
}
