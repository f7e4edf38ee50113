"""Commands: one file per subject. The docstring of a command is its help."""

from typing import Any

import click

from mapservice.cli.commands import COMMANDS, LoadedWhenUsed, summaries


class Commands(click.Group):
    """A group whose commands fail with one sentence and exit code 1, never with a stack trace."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as problem:
            from mapservice.cli.problems import sentence  # loads what speaks with the database

            words = sentence(problem)
            if words is None:
                raise
            raise click.ClickException(words) from problem

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands, without loading them."""
        summaries().format_commands(ctx, formatter)


@click.group(cls=Commands, commands=LoadedWhenUsed(COMMANDS))
def main() -> None:
    """A community map for people who live with a disease. It does not give away where they live."""
