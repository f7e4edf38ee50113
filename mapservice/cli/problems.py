"""What a command says where something is wrong: one sentence."""

import errno

import psycopg
from sqlalchemy.exc import DBAPIError

from mapservice.errors import SetupError


def sentence(problem: Exception) -> str | None:
    """Return what a command says of an error; None for a fault of ours."""
    match problem:
        case SetupError() | ValueError():
            return str(problem)
        case DBAPIError():
            return _of_database(problem.orig or problem)
        case psycopg.Error():  # from a COPY, which bypasses SQLAlchemy
            return _of_database(problem)
        case OSError(errno=errno.ENOSPC):
            return "The disk is full: free some space and start again."
    return None


def _of_database(problem: BaseException) -> str:
    """Return the message of the database, without the statement and its values."""
    match getattr(problem, "sqlstate", None):
        case "53100":
            return "The disk of the database is full: free some space there and start again."
        case "42501":
            return "This database role does not have permission: use the DATABASE_URL of the tables' owner."
    return (
        f"There is a problem with the database ({type(problem).__name__}): try again when it answers, or check its log."
    )
