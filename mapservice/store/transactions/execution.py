"""How statements are run."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

#: Execution options: change rows in the database only, and no objects that the session has loaded, because there are
#: none, or they are not read.
DATABASE_ONLY: dict[str, Any] = {"synchronize_session": False}

#: Runs a statement with parameters like ``%(name)s``, and returns its first row, or None: ``db.read_first``.
Read = Callable[[str, Mapping[str, Any]], Sequence[Any] | None]
