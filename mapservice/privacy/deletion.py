"""The deletion plan: what each table holds of a person, what becomes of it when they leave, and until when."""

from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """What happens to the rows of a table when a member deletes their account."""

    DELETED = "deleted in the same transaction"
    LOWERED = "lowered in the same transaction"
    EXPIRES = "cannot be found by the person, and expires"
    KEPT = "kept as a record of what staff did, under the name they used then"
    STAYS = "stays, since it holds no person"


AT_ONCE = "at once"


@dataclass(frozen=True, slots=True)
class Entry:
    """One table: what it ``holds`` in words a member reads, its fate, the deadline, and why that is enough.

    ``person`` is the column that says whose a row is, empty where none does. ``secret`` columns are never shown to
    anybody, not even to the member: whoever has them could act in the member's name. ``untold`` columns are not shown
    either, nor whether anything stands there: who counts with accounts of their own when they come into a figure could
    take them off, and find who else came. Where a row alone would tell it, ``is_told`` is False.
    """

    table: str
    holds: str
    fate: Fate
    deadline: str
    why: str
    person: str = ""
    secret: frozenset[str] = frozenset()
    untold: frozenset[str] = frozenset()
    is_told: bool = True


def _of_member(
    table: str,
    holds: str,
    why: str,
    *,
    person: str = "member_id",
    secret: tuple[str, ...] = (),
    untold: tuple[str, ...] = (),
    is_told: bool = True,
) -> Entry:
    return Entry(table, holds, Fate.DELETED, AT_ONCE, why, person, frozenset(secret), frozenset(untold), is_told)


def _no_person(table: str, holds: str, why: str, *, fate: Fate = Fate.STAYS, deadline: str = "none") -> Entry:
    return Entry(table, holds, fate, deadline, why)


_CASCADE = "goes with the row of the member"

#: In the order in which a member reads it. Backups follow after 35 days at the latest (docs/operators.md).
PLAN = (
    _of_member(
        "member",
        "Your account: e-mail address, name, when you joined; for about half a year the day on which you were "
        "last taken out of a count, by leaving or by taking that consent back, but not out of which (the file does not "
        "say it); if you said that you are under 18, the month in which you turn 18; after a restore from a backup, "
        "that you are asked to check your settings; if you deleted your location, for 90 days after its last change "
        "that day and how often you corrected it, but no zone",
        "the row itself",
        person="id",
        secret=("password", "security_stamp"),
        untold=("left_count_on",),
    ),
    _of_member(
        "email_change",
        "Changes of your e-mail address that you asked for in the last seven days: the old address and the new one",
        _CASCADE,
    ),
    _of_member("home_zone", "Your place: the zone you chose, since when, and how often you corrected it", _CASCADE),
    _of_member(
        "membership",
        "The conditions you joined, and what you show in each, or showed before you hid; and a random number for what "
        "you hid together",
        _CASCADE,
        secret=("salt",),
    ),
    _of_member(
        "counted_member",
        "In which conditions you are counted already, and where. The file says only that you agreed to be counted: "
        "from many accounts, somebody could find out by the day who else is counted",
        "goes with the membership",
        is_told=False,
    ),
    _of_member("consent", "What you agreed to, for which zone as long as it stands, and what you took back", _CASCADE),
    _of_member("login_session", "Where you are signed in", _CASCADE, secret=("token_hash", "data")),
    _of_member(
        "known_device",
        "On which devices you have signed in: a random number for each, and the day on which you last signed in there; "
        "nothing about the device itself",
        _CASCADE,
        secret=("token_hash",),
    ),
    _of_member("operation", "Forms you sent lately, so that pressing twice has one effect", _CASCADE),
    _of_member("member_staff_role", "What you may do as staff", _CASCADE),
    _of_member(
        "second_factor",
        "Your second factor as staff: since when, and when it was last used",
        _CASCADE,
        secret=("salt",),
    ),
    _of_member("recovery_code", "Your recovery codes, as hashes", "goes with the second factor", secret=("code_hash",)),
    _of_member(
        "mail",
        "Letters on their way to you",
        "deleted by the address they go to; otherwise once they are sent",
        person="recipient",
        secret=("body",),
    ),
    _of_member(
        "pending_sign_up",
        "A sign-up with your address that waits for its link, and the condition from whose page it was asked for",
        "deleted by its address; otherwise once a link to it is used, and after 5 days at the latest",
        person="email",
        secret=("token_hash",),
    ),
    _no_person(
        "mail_failure",
        "How many e-mails of each kind could not be sent on a day",
        "numbers only; nothing is kept of whom they were for",
        fate=Fate.EXPIRES,
        deadline="90 days",
    ),
    _no_person(
        "allowance",
        "How often something was done lately, under a keyed hash",
        "the key of the hash is not in the database, and a row is deleted a day after its last use",
        fate=Fate.EXPIRES,
        deadline="1 day",
    ),
    _no_person(
        "zone_count",
        "How many people are shown in a zone",
        "numbers only; each was one higher while the member was shown",
        fate=Fate.LOWERED,
        deadline=AT_ONCE,
    ),
    _no_person(
        "count_bucket",
        "What the next published figure depends on",
        "numbers only; made anew from those who are counted then",
        fate=Fate.LOWERED,
        deadline="the next release",
    ),
    _no_person(
        "ledger_entry",
        "Which published figures were handed out, by whom and what for",
        "only what staff did, never what members did; members have a right to read it",
        fate=Fate.KEPT,
        deadline="3 years",
    ),
    _no_person("released_count", "Published figures", "rounded and blurred numbers that show no person"),
    _no_person("release", "Which releases there are", "a number and a date of the service"),
    _no_person("condition", "The catalogue of conditions", "written from public sources"),
    _no_person("condition_name", "Names of conditions", "written from public sources"),
    _no_person("condition_code", "Codes of conditions", "written from public sources"),
    _no_person("zone", "The zones of the world", "written from public sources"),
    _no_person("base_feature", "The base map", "written from public sources"),
    _no_person("base_tile", "The base map, drawn", "written from public sources"),
    _no_person("key_fingerprint", "Which keys belong to this database", "hashes of keys of the service"),
    _no_person("loaded", "Which files are loaded", "hashes of our own files"),
    _no_person("staff_role", "Which roles staff can have", "names of roles"),
)

#: What is kept beside the tables, in files of the service; no table of the database has these names.
FILES = (
    Entry(
        "withdrawals",
        "That an account made itself less visible or was deleted, and in which hour, so that a restore from a backup "
        "does not undo it: not whose, not what and not where",
        Fate.EXPIRES,
        "35 days",
        "an account stands there as a keyed hash of its random id; the key is not in the database, and the file of a "
        "day is deleted with the oldest backup",
    ),
    Entry(
        "database",
        "What deleted rows leave behind in the files of the database, and in its log of changes",
        Fate.EXPIRES,
        "26 hours",
        "tables are written anew each night; one that is too large to be written within a second keeps what it left "
        "until new rows come to stand there",
    ),
    Entry(
        "outbox",
        "E-mails that are written to a folder where no mail server is set",
        Fate.EXPIRES,
        "1 hour",
        "deleted with the account at once, otherwise after an hour",
    ),
    Entry(
        "backups",
        "Backups of all of this",
        Fate.EXPIRES,
        "35 days",
        "whoever puts one back deletes again who has left since, and hides who withdrew anything",
    ),
)

#: The plan by table.
ENTRIES = {entry.table: entry for entry in PLAN}
