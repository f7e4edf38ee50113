"""How statements are run."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

#: Execution options: change rows in the database only, and no objects that the session has loaded, because there are
#: none, or they are not read.
DATABASE_ONLY: dict[str, Any] = {"synchronize_session": False}

#: Runs a statement that only reads, with parameters like ``%(name)s``, and returns its rows: ``db.read_rows``.
Read = Callable[[str, Mapping[str, Any]], Sequence[Sequence[Any]]]
