"""The command for the keys that encrypt messages."""

import datetime as dt
from functools import partial

import click

from mapservice import db
from mapservice import message_keys as folder_of_keys
from mapservice.actions.change_message_keys import MAX_AGE, change_message_keys
from mapservice.cli.connection import owner_engine
from mapservice.config import Config
from mapservice.message_keys import MessageKeys
from mapservice.store.messages import wrapping_keys
from mapservice.withdrawal_log import RETENTION


@click.command("message-keys")
@click.option("--change", is_flag=True, help="Make a new key now, such as after a copy of the keys was stolen.")
@click.option("--delete-unreadable", is_flag=True, help="Delete the conversations whose key is lost.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def message_keys(change: bool, delete_unreadable: bool, yes: bool) -> None:
    """List or change the keys that encrypt messages.

    Each conversation has a key of its own, which is stored encrypted with one of these. The service makes a new one
    every month, encrypts the keys of all conversations with it, and destroys an old one when no backup needs it any
    longer. The service may be running.
    """
    config = Config.from_environment()
    keys = MessageKeys.of(config)
    with owner_engine(config) as engine:
        if delete_unreadable:
            if not yes:
                click.confirm("Delete all conversations whose key is not on this machine?", abort=True)
            with db.transaction(engine) as session:
                deleted = wrapping_keys.delete_unreadable(session, keys)
            click.echo(f"Conversations that could not be read, and were deleted: {deleted}.")
        if change:
            transaction = partial(db.transaction, engine)
            done = change_message_keys(transaction, keys, dt.datetime.now(dt.UTC), is_asked=True)
            click.echo(f"Conversations whose key is encrypted with the new key: {done.conversations}.")
        with db.transaction(engine) as session:
            rows, used = wrapping_keys.listed(session), wrapping_keys.conversations_by_key(session)
            days = keys.days()
    click.echo(f"Keys in {folder_of_keys.folder(config)}:")
    for row in rows:
        lacking = "" if row.id in days else "  missing on this machine"
        last = row.unused_since + RETENTION + dt.timedelta(days=1) if row.unused_since else None
        until = f"  to be destroyed on {last}" if last else ""
        click.echo(f"{row.id}  made on {row.made_at.date()}  {used.get(row.id, 0)} conversations{until}{lacking}")
    click.echo(f"The newest encrypts, for {MAX_AGE.days} days.")
