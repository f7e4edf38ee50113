"""What a restore did, and how it is said."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import click

from mapservice.store.across import repeated_withdrawals


@dataclass(frozen=True)
class RestoreResult:
    """The result of a restore: until when the backup is complete, and the changes of accounts and keys."""

    until: dt.datetime
    again: repeated_withdrawals.RepeatedWithdrawals
    new_keys: Sequence[str]
    unreadable: int


def print_result(done: RestoreResult) -> None:
    """Say what a restore did, and what people have to do now."""
    click.echo(
        f"The backup has been restored. It contains what happened until {done.until:%Y-%m-%d %H:%M} UTC.\n"
        f"Accounts deleted again: {done.again.deleted}. Accounts hidden until they have checked their settings, with a "
        f"new password by e-mail: {done.again.hidden}.\n"
        "Everyone is signed out. Appoint staff again if a role is missing, and start the service."
    )
    if done.again.locked:
        click.echo(
            f"{done.again.locked} of the hidden accounts are locked: their e-mail address was changed since, and the "
            "backup knows the old one only. See docs/operators.md, section 8, and `mapservice unlock --help`."
        )
    if done.again.suspended:
        click.echo(f"Accounts suspended again, which are among the hidden ones: {done.again.suspended}.")
    if done.again.conversations:
        click.echo(f"Conversations deleted or declined again: {done.again.conversations}.")
    if done.unreadable:
        click.echo(f"Conversations that could not be read, and were deleted: {done.unreadable}.")
    if "anchor_key" in done.new_keys:
        click.echo("All pins are drawn by the anchor_key of now.")
    if "secret_key" in done.new_keys:
        click.echo("Second factors do not work with the secret_key of now: see `mapservice forget-factor`.")
