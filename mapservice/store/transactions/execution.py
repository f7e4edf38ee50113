"""Execution options of statements."""

from typing import Any

#: Change rows in the database only, and no objects that the session has loaded: there are none, or they are not read.
DATABASE_ONLY: dict[str, Any] = {"synchronize_session": False}
