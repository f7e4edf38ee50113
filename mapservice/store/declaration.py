"""What a subject of the store declares of itself, in its own folder."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from mapservice.config import Config
from mapservice.privacy.deletion import Entry

#: What the role of the pages may do with a table: privileges, each with its columns, or none for the whole table.
Rights = Mapping[str, Sequence[str]]

NOTHING: Rights = {}
READ: Rights = {"SELECT": ()}
WRITE: Rights = {"SELECT": (), "INSERT": (), "UPDATE": (), "DELETE": ()}


@dataclass(frozen=True, slots=True)
class StoreSubject:
    """The tables of one subject.

    ``plan`` says what each holds of a person and what becomes of it; ``rights`` what the role of the pages may do with
    each; ``cleanup`` are functions that delete rows whose time is over, and return how many they were.
    """

    plan: Sequence[Entry] = ()
    rights: Mapping[str, Rights] = field(default_factory=dict)
    cleanup: Sequence[Callable[[Session, Config], int]] = ()
