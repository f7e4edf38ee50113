"""The command that replaces a key."""

import secrets

import click

from mapservice import db
from mapservice.cli import provisioning
from mapservice.cli.connection import owner_engine
from mapservice.cli.serve import service_lock
from mapservice.config import Config
from mapservice.keys import KEY_BYTES, check_file, forget_aside, keep_aside, replace_key
from mapservice.privacy.reports import key_of
from mapservice.store.accounts import login_sessions, second_factors
from mapservice.store.places import repin
from mapservice.store.reports import reports
from mapservice.store.site import key_fingerprints

#: The effects of a new key, shown before the confirmation.
CHANGES = {
    "secret": (
        "Everyone is signed out. Open forms and the links in e-mails stop working. Second factors and their "
        "recovery codes, and reports, are encrypted with the new key: they keep working, and stay readable. Recovery "
        "codes from version 0.2 or before stop working; their owners sign in with the app and get new ones. Nothing "
        "else changes."
    ),
    "anchor": (
        "Every pin moves, once, to another point of the same zone. No zone changes. Someone who saved the old pins "
        "then has two points of a zone instead of one, which says no more about a home than the zone does. Do this if "
        "the key leaked."
    ),
}


@click.command("rotate-key")
@click.argument("key", type=click.Choice(list(CHANGES)))
@click.option("--yes", is_flag=True, help="Do not ask.")
def rotate_key(key: str, yes: bool) -> None:
    """Replace a key. Nothing of the old key is kept.

    secret: signs e-mails and forms, and encrypts second factors and reports. anchor: chooses where in a zone a pin is
    placed. Stop the service first. The key of the published statistics is never changed: with another key, old and new
    statistics could be averaged.
    """
    config = Config.from_environment()
    check_file(config, f"{key}_key")
    click.echo(CHANGES[key])
    if not yes:
        click.confirm("Replace the key?", abort=True)
    with service_lock(config.state):
        (_rotate_secret if key == "secret" else _rotate_anchor)(config, secrets.token_bytes(KEY_BYTES))
    click.echo("The key has been replaced. Start the service again, and copy the new key to where you keep the keys.")


def _rotate_secret(config: Config, key: bytes) -> None:
    # The old key is kept beside the new one until all is encrypted with the new one: after a crash the command is run
    # again, and knows both.
    old = keep_aside(config, "secret_key")
    with owner_engine(config) as engine:
        replace_key(config, "secret_key", key)
        with db.transaction(engine) as session:
            reports.change_key(session, [key_of(one.hex()) for one in old], key_of(key.hex()))
            second_factors.change_key(session, [one.hex() for one in old], key.hex())
            key_fingerprints.replace(session, key, "secret_key")
            login_sessions.end_every(session)
    forget_aside(config, "secret_key")


def _rotate_anchor(config: Config, key: bytes) -> None:
    with owner_engine(config) as engine, provisioning.progress_bars() as bars:
        task = bars.add_task("Moving pins", total=None)
        with db.transaction(engine) as session:
            moved = repin.redraw(
                session, key=key, progress=lambda done, of: bars.update(task, completed=done, total=of)
            )
            key_fingerprints.replace(session, key, "anchor_key")
            # Last: if this fails, no pin has moved; if the commit fails, the command can be run again.
            replace_key(config, "anchor_key", key)
    click.echo(f"Moved {moved} pins to other anchors of their zones.")
