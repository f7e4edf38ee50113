"""The declaration that each subject of the store makes in its own folder."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from mapservice.config import Config
from mapservice.privacy.deletion import Entry
from mapservice.store.tables.accounts import Member
from mapservice.store.tables.search_sources import SearchSource

#: The rights of the role of the pages on a table: privileges, each with its columns, or none for the whole table.
Rights = Mapping[str, Sequence[str]]

NOTHING: Rights = {}
READ: Rights = {"SELECT": ()}
WRITE: Rights = {"SELECT": (), "INSERT": (), "UPDATE": (), "DELETE": ()}


@dataclass(frozen=True, slots=True)
class Policy:
    """Which rows of a table the pages and the worker may use by a command, in SQL; those of several policies add up.

    ``using`` holds for rows that are read, changed or deleted, ``check`` for rows that are written.
    """

    name: str
    command: str
    using: str = ""
    check: str = ""


#: Returns the rows of a table for the file of a member, where the rows as they are stored cannot be read.
Reader = Callable[[Session, Member, Config], list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class StoreSubject:
    """The declaration of one subject.

    ``plan`` describes what its tables store about a person and what happens to it; ``rights`` are the rights of the
    role of the pages on each table, ``policies`` limit these to some of its rows, by ``views`` with rights of their
    own; ``cleanup`` are functions that delete expired rows, and return how many; ``readers`` return the rows of tables
    for a member's own file that cannot be read as they are stored. ``news`` are the kinds of news of which members are
    told by e-mail, each with a function that returns whether there is still some that the member can see and has not
    seen yet. ``searched`` are its texts that the search finds.
    """

    plan: Sequence[Entry] = ()
    rights: Mapping[str, Rights] = field(default_factory=dict)
    policies: Mapping[str, Sequence[Policy]] = field(default_factory=dict)
    views: Mapping[str, Rights] = field(default_factory=dict)
    cleanup: Sequence[Callable[[Session, Config], int]] = ()
    readers: Mapping[str, Reader] = field(default_factory=dict)
    news: Mapping[str, Callable[[Session, Member], bool]] = field(default_factory=dict)
    searched: Sequence[SearchSource] = ()
