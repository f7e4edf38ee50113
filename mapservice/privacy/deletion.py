"""The deletion plan: what each table stores about a person, what happens to it when they leave, and the deadline.

Each subject of the store declares the entries of its own tables; ``store/across/subjects.py`` collects them.
"""

from dataclasses import dataclass
from enum import StrEnum

from mapservice.text.marking import marked


class Fate(StrEnum):
    """What happens to the rows of a table when a member deletes their account."""

    DELETED = "deleted in the same transaction"
    LOWERED = "lowered in the same transaction"
    EXPIRES = "cannot be found by the person, and expires"
    KEPT = "kept as a record of what staff did, under the name they used then"
    STAYS = "stays, since it holds no person"


AT_ONCE = marked("at once")

#: Why a table holds nothing about a person: it is filled from files that anybody can read.
PUBLIC_SOURCES = marked("written from public sources")


@dataclass(frozen=True, slots=True)
class Entry:
    """One table: what it ``holds`` in words for members, its fate, the deadline, and why that is sufficient.

    ``person`` is the column that identifies the owner of a row, empty if there is none. ``secret`` columns are never
    shown, not even to the member, because anybody with their values could act in the member's name. ``untold`` columns
    are not shown either, nor whether they hold a value: an attacker with several accounts could otherwise learn when
    these enter a published figure, and subtract them to detect other people. ``of_others`` are columns that identify
    somebody else, and are left out. ``is_told`` is False where the mere
    existence of a row would reveal that. ``comes_back`` says whether rows in a backup survive a restore; if not, the
    restore empties the table.
    """

    table: str
    holds: str
    fate: Fate
    deadline: str
    why: str
    person: str = ""
    secret: frozenset[str] = frozenset()
    untold: frozenset[str] = frozenset()
    of_others: frozenset[str] = frozenset()
    is_told: bool = True
    comes_back: bool = True


def personal(
    table: str,
    holds: str,
    why: str,
    *,
    comes_back: bool,
    person: str = "member_id",
    secret: tuple[str, ...] = (),
    untold: tuple[str, ...] = (),
    of_others: tuple[str, ...] = (),
    is_told: bool = True,
) -> Entry:
    """Return the entry of a table whose rows each belong to one member and are deleted with them."""
    hidden = frozenset(secret), frozenset(untold), frozenset(of_others)
    return Entry(table, holds, Fate.DELETED, AT_ONCE, why, person, *hidden, is_told, comes_back)


def impersonal(
    table: str,
    holds: str,
    why: str,
    *,
    fate: Fate = Fate.STAYS,
    deadline: str = marked("none"),
    comes_back: bool = True,
) -> Entry:
    """Return the entry of a table that stores nothing about a person."""
    return Entry(table, holds, fate, deadline, why, comes_back=comes_back)


#: The usual reason why the deadline of a member's rows is sufficient.
WITH_MEMBER = marked("deleted with the account")

#: Data outside the tables, in files of the service; no database table has these names. Backups expire after at most
#: 35 days (docs/operators.md).
FILES = (
    Entry(
        "withdrawals",
        marked(
            "A log that says that some account became less visible, changed its e-mail address or was deleted, or that "
            "some conversation or text was declined, changed, withdrawn or deleted, and in which hour. If we restore a "
            "backup, we use it to do this again. It does not say which account, conversation or text, what was done "
            "or where"
        ),
        Fate.EXPIRES,
        marked("35 days"),
        marked(
            "the log only has a keyed hash of the random ID of the account, conversation or text; the key is not in "
            "the database, and the file of each day is deleted with the oldest backup"
        ),
    ),
    Entry(
        "database",
        marked("Traces of deleted data in the files of the database and in its log of changes"),
        Fate.EXPIRES,
        marked("26 hours"),
        marked(
            "each night all tables of people are rewritten with only what is still in them, including large ones, "
            "while they are in use; if this fails, the operator gets a warning, and it is done the next night"
        ),
    ),
    Entry(
        "outbox",
        marked("E-mails in a folder, if the service has no mail server"),
        Fate.EXPIRES,
        marked("1 hour"),
        marked("deleted with the account at once, otherwise after an hour"),
    ),
    Entry(
        "message-keys",
        marked("The keys that encrypt conversations"),
        Fate.EXPIRES,
        marked("35 days and a month"),
        marked(
            "a new key is made every month, and an old one is destroyed when no backup needs it, so a deleted "
            "conversation cannot be read in any backup after that time"
        ),
    ),
    Entry(
        "backups",
        marked("Backups of all of this"),
        Fate.EXPIRES,
        marked("35 days"),
        marked(
            "a restore deletes accounts again that were deleted since the backup, and hides members who withdrew "
            "anything"
        ),
    ),
)
