"""The command that gives a locked account its present e-mail address, after a restore."""

import click

from mapservice import db
from mapservice.cli.connection import owner_engine
from mapservice.config import Config
from mapservice.errors import SetupError
from mapservice.keys import load_key
from mapservice.store.accounts import members
from mapservice.store.across import after_restore
from mapservice.text.email_address import normalize_email
from mapservice.withdrawal_log import WithdrawalLog, folder


@click.command()
@click.argument("old_email")
@click.argument("new_email")
@click.option("--yes", is_flag=True, help="Do not ask.")
def unlock(old_email: str, new_email: str, yes: bool) -> None:
    """Set the current e-mail address of an account that a restore locked.

    A restore locks an account whose address was changed after the backup was made: the backup only knows the old
    address, and someone else may read what is sent there. Make sure that the request is really from the member, by
    something that nobody else can know. The account stays hidden, and they choose a password with "I forgot my
    password".
    """
    if not yes:
        click.confirm(
            "Are you sure that the request is from the member, and not from someone they have left behind?", abort=True
        )
    config = Config.from_environment()
    with owner_engine(config) as engine, db.transaction(engine) as session:
        if members.by_email(session, normalize_email(new_email)) is not None:
            raise SetupError("Another account has the new address: the member must first delete that one on the site.")
        log = WithdrawalLog(folder(config), load_key(config, "withdrawal_key"))
        if not after_restore.unlock(session, log, normalize_email(old_email), normalize_email(new_email)):
            raise SetupError("No account that is locked had this address: nothing was changed.")
    click.echo("The account has the new address. The member can choose a password with “I forgot my password”.")
