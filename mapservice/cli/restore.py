"""The command that puts a backup back, so that it undoes neither hiding nor leaving nor deleting."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import psycopg
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from mapservice import db
from mapservice.cli import provisioning
from mapservice.cli.backup import save_before
from mapservice.cli.connection import addresses, pages_role
from mapservice.cli.serve import only_one
from mapservice.config import Config
from mapservice.errors import SetupError
from mapservice.hosting import embedded
from mapservice.hosting.embedded import dump
from mapservice.hosting.startup_checks import check_keys
from mapservice.keys import key_of
from mapservice.store.across import after_restore
from mapservice.withdrawal_log import WithdrawalLog, folder

# The database into which a backup is put while the service's own is still there.
_BESIDE = "restoring"


@dataclass(frozen=True)
class Done:
    """What a restore did: until when the backup knows, and how many accounts were deleted again and hidden."""

    until: dt.datetime
    deleted: int
    hidden: int


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--withdrawals", multiple=True, type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="Folder of the log of withdrawals of another machine; may be given more than once.")  # fmt: skip
@click.option("--hide-everybody", is_flag=True, help="Where the log is lost: hide all until they have looked.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore(file: Path, withdrawals: Sequence[Path], hide_everybody: bool, yes: bool) -> None:
    """Put a backup back, and do again what members took back since it was made.

    Accounts that were deleted since are deleted again; whoever hid, left or withdrew anything comes back hidden until
    they have looked through their settings. All are signed out. Stop the service first. A private database is replaced
    in one step, after a copy of it was made; a given one (DATABASE_URL of the owner) must be new and empty.
    """
    config = Config.from_environment()
    dump.contents(file)
    if not yes:
        click.confirm(f"Put {file} in the place of the database?", abort=True)
    with only_one(config.state):
        logs = _logs(config, withdrawals)
        (_into_given if config.database_url else _into_private)(config, file, logs, hide_everybody)


def _logs(config: Config, others: Sequence[Path]) -> list[WithdrawalLog]:
    key = key_of(config, "withdrawal_key")
    return [WithdrawalLog(each, key) for each in (folder(config), *others)]


def _into_private(config: Config, file: Path, logs: Sequence[WithdrawalLog], everybody: bool) -> None:
    current = addresses(config).owner
    try:
        click.echo(f"The database as it is now was copied to {save_before(config, current, 'restore')}.")
    except (SetupError, psycopg.Error) as problem:
        click.echo(f"Warning: the database as it is now could not be copied ({problem})", err=True)
    fresh = embedded.new_database(config.state, _BESIDE)
    try:
        done = _fill(config, fresh, file, logs, everybody)
    except BaseException:
        embedded.drop_database(config.state, _BESIDE)
        raise
    embedded.exchange_database(config.state, _BESIDE)
    _say(done)


def _into_given(config: Config, file: Path, logs: Sequence[WithdrawalLog], everybody: bool) -> None:
    url = addresses(config).owner
    engine = db.new_engine(url, timeouts=False)
    try:
        if inspect(engine).has_table("alembic_version"):
            raise SetupError(
                "This database has tables: make a new, empty one with the extensions (docs/operators.md, section 2), "
                "and give its address as DATABASE_URL."
            )
        with db.transaction(engine) as session:
            session.execute(text(f"create table if not exists {provisioning.UNFINISHED} ()"))
    finally:
        engine.dispose()
    _say(_fill(config, url, file, logs, everybody))


def _fill(config: Config, url: str, file: Path, logs: Sequence[WithdrawalLog], everybody: bool) -> Done:
    """Put a backup into an empty database and do again what was taken back; all rights are set last."""
    dump.put_back(url, file)
    engine = db.new_engine(url, timeouts=False)
    try:
        _check_revision(engine)
        provisioning.migrate(engine)
        done = _take_back(config, engine, logs, everybody, made_at=dump.made_at(file))
        with provisioning.bars() as bars:
            provisioning.load(engine, bars, role=pages_role(config))
        return done
    finally:
        engine.dispose()


def _take_back(
    config: Config, engine: Engine, logs: Sequence[WithdrawalLog], everybody: bool, *, made_at: dt.datetime | None
) -> Done:
    with db.transaction(engine) as session:
        check_keys(config, session)
        until = after_restore.last_moment(session)
        if made_at:
            # A clock that was wrong for a while leaves moments that had not come when the copy was made.
            until = min(until, made_at)
        if not everybody:
            _check_logs(logs, until)
        after_restore.end_all(session)
        deleted = hidden = 0
        for log in logs:
            found = after_restore.withdraw_again(session, log, until)
            deleted, hidden = deleted + found[0], hidden + found[1]
        if everybody:
            hidden = after_restore.withdraw_again(session, logs[0], until, everybody=True)[1]
        after_restore.check_counts(session)
        session.execute(text(f"drop table if exists {provisioning.UNFINISHED}"))
    return Done(until, deleted, hidden)


def _check_logs(logs: Sequence[WithdrawalLog], until: dt.datetime) -> None:
    """Make sure that logs were kept until a backup was made at least: ours or another one, and each that was named."""
    own, *others = logs
    ended = [log for log in others or [own] if (log.last_day() or dt.date.min) < until.date()]
    if ended:
        raise SetupError(
            f"The log of withdrawals in {ended[0].folder} ends before this backup was made: nobody knows who hid or "
            "left since. Copy the folder back from where you keep it, or run this with --hide-everybody."
        )


def _check_revision(engine: Engine) -> None:
    try:
        with engine.connect() as connection:
            revision = connection.scalar(text("select version_num from alembic_version"))
    except DBAPIError:
        raise SetupError("This file is no backup of this service: it has no tables of it.") from None
    if revision > provisioning.newest_revision():
        raise SetupError(
            f"This backup is of a newer version ({revision}): put it back with that version or a newer one."
        )


def _say(done: Done) -> None:
    click.echo(
        f"The backup is put back; it knows what happened until {done.until:%Y-%m-%d %H:%M} UTC.\n"
        f"Accounts deleted again: {done.deleted}. Accounts hidden until they have looked through their settings, "
        f"with a new password by e-mail: {done.hidden}.\n"
        "Everybody is signed out. Appoint staff again where a role is missing, and start the service."
    )
