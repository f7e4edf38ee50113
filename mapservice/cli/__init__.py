"""Commands: one file per subject. The docstring of a command is its help."""

import errno
from typing import Any

import click
import psycopg
from sqlalchemy.exc import DBAPIError

from mapservice.cli import (
    backup,
    db_commands,
    demo,
    emails,
    erase,
    export,
    key_rotation,
    releases,
    restore,
    serve,
    staff,
    upgrade,
)
from mapservice.errors import SetupError


class Commands(click.Group):
    """A group whose commands fail with one sentence and exit code 1, never with a stack trace."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except (SetupError, ValueError) as problem:
            raise click.ClickException(str(problem)) from problem
        except DBAPIError as problem:
            raise click.ClickException(_in_a_sentence(problem.orig or problem)) from problem
        except psycopg.Error as problem:  # from a COPY, which bypasses SQLAlchemy
            raise click.ClickException(_in_a_sentence(problem)) from problem
        except OSError as problem:
            if problem.errno != errno.ENOSPC:
                raise
            raise click.ClickException("The disk is full: free some space and start again.") from problem


@click.group(cls=Commands)
def main() -> None:
    """A community map for people who live with a disease. It does not give away where they live."""


def _in_a_sentence(problem: BaseException) -> str:
    """Return the message of the database, without the statement and its values."""
    match getattr(problem, "sqlstate", None):
        case "53100":
            return "The disk of the database is full: free some space there and start again."
        case "42501":
            return "This database role does not have permission: use the DATABASE_URL of the tables' owner."
    return (
        f"There is a problem with the database ({type(problem).__name__}): try again when it answers, or check its log."
    )


for command in (
    serve.serve,
    serve.worker,
    db_commands.migrate,
    db_commands.load,
    db_commands.check_counts,
    erase.erase,
    db_commands.stop,
    backup.backup,
    restore.restore,
    restore.unlock,
    upgrade.upgrade,
    demo.demo,
    releases.release,
    export.export,
    key_rotation.rotate_key,
    staff.appoint,
    staff.dismiss,
    staff.forget_factor,
    staff.come_of_age,
    emails.outbox,
    emails.mail_failures,
):
    main.add_command(command)
