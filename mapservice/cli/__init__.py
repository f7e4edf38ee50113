"""Commands: one file per subject. The docstring of a command is its help."""

import re
from typing import Any

import click
from sqlalchemy.exc import DBAPIError

from mapservice.cli import demo, letters, serve, tables
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
            raise click.ClickException(_in_a_sentence(problem)) from problem


@click.group(cls=Commands)
def main() -> None:
    """A community map for people who live with a disease, that does not give away where they live."""


def _in_a_sentence(problem: DBAPIError) -> str:
    """What the database said, without the statement and its values."""
    state = getattr(problem.orig, "sqlstate", None)
    if state == "53100":
        return "The disk of the database is full: free some space there and start again."
    if state == "42501":
        return "This role of the database may not do that: run the command with the DATABASE_URL of the tables' owner."
    reason = re.split(r"[\n:]", str(problem.orig).strip())[-1].strip()
    return f"The database could not do it ({type(problem.orig).__name__}: {reason[:100]}): try again when it answers."


for command in (
    serve.serve,
    serve.worker,
    tables.migrate,
    tables.load,
    tables.stop,
    demo.demo,
    letters.outbox,
):
    main.add_command(command)
