"""The command that restores a backup, without undoing hiding, leaving or deleting."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import psycopg
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from mapservice import db, message_keys
from mapservice.actions.delete_account import delete_account
from mapservice.cli import provisioning
from mapservice.cli.backup import save_before
from mapservice.cli.connection import database_urls, pages_role
from mapservice.cli.key_rotation import CHANGES
from mapservice.cli.restore_result import RestoreResult, print_result
from mapservice.cli.serve import service_lock
from mapservice.config import Config
from mapservice.errors import SetupError
from mapservice.hosting import embedded
from mapservice.hosting.embedded import dump
from mapservice.hosting.startup_checks import check_keys
from mapservice.keys import load_key
from mapservice.message_keys import MessageKeys
from mapservice.store.across import after_restore, repeated_withdrawals
from mapservice.store.messages import wrapping_keys
from mapservice.store.places import repin
from mapservice.store.site import key_fingerprints
from mapservice.withdrawal_log import RETENTION, WithdrawalLog, folder

# The new database into which a backup is restored while the service's own still exists.
_BESIDE = "restoring"


@dataclass(frozen=True)
class RestoreOptions:
    """Options of a restore: the withdrawal logs, whether to hide everybody, and whether keys may have been replaced.

    ``deletes_unreadable`` accepts that conversations are deleted whose key is not on this machine.
    """

    logs: Sequence[WithdrawalLog]
    everybody: bool
    is_rotated: bool
    deletes_unreadable: bool


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--withdrawals", multiple=True, type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="Folder of the withdrawal log of another machine. Repeat it for more machines.")  # fmt: skip
@click.option("--hide-everybody", is_flag=True, help="If the log is lost: hide all until they check their settings.")
@click.option("--rotated", is_flag=True, help="The backup is older than the last `mapservice rotate-key`.")
@click.option("--delete-unreadable", is_flag=True, help="Delete conversations whose key is no longer on this machine.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore(
    file: Path, withdrawals: Sequence[Path], hide_everybody: bool, rotated: bool, delete_unreadable: bool, yes: bool
) -> None:
    """Restore a backup, and repeat what members withdrew since it was made.

    Accounts that were deleted since then are deleted again. Members who hid, left or withdrew anything are hidden until
    they have checked their settings. Accounts whose e-mail address has changed since then are locked, see `mapservice
    unlock`. Everyone is signed out. Stop the service first. A private database is copied and then replaced in one step.
    Any other database (DATABASE_URL of the owner) must be new and empty.

    With --rotated, a backup from before `mapservice rotate-key` is moved to the current keys, and all pins are drawn
    with them. The key of the withdrawal log must be the same: it shows that this machine belongs to this service.
    """
    config = Config.from_environment()
    dump.contents(file)
    if not yes:
        click.confirm(f"Replace the database with {file}?", abort=True)
    with service_lock(config.state):
        options = RestoreOptions(_logs(config, withdrawals), hide_everybody, rotated, delete_unreadable)
        (_into_given if config.database_url else _into_private)(config, file, options)


def _logs(config: Config, other_folders: Sequence[Path]) -> list[WithdrawalLog]:
    key = load_key(config, "withdrawal_key")
    return [WithdrawalLog(path, key) for path in (folder(config), *other_folders)]


def _into_private(config: Config, file: Path, options: RestoreOptions) -> None:
    current = database_urls(config).owner
    try:
        click.echo(f"The current database was copied to {save_before(config, current, 'restore')}.")
    except (SetupError, psycopg.Error) as problem:
        click.echo(f"Warning: the current database could not be copied ({problem})", err=True)
    fresh = embedded.new_database(config.state, _BESIDE)
    try:
        done = _fill(config, fresh, file, options)
    except BaseException:
        embedded.drop_database(config.state, _BESIDE)
        raise
    embedded.replace_service_database(config.state, _BESIDE)
    print_result(done)


def _into_given(config: Config, file: Path, options: RestoreOptions) -> None:
    url = database_urls(config).owner
    engine = db.new_engine(url, timeouts=False)
    try:
        if inspect(engine).has_table("alembic_version"):
            raise SetupError(
                "This database already has tables: create a new, empty one with the extensions (docs/operators.md, "
                "section 2), and set DATABASE_URL to its address."
            )
        with db.transaction(engine) as session:
            session.execute(text(f"create table if not exists {provisioning.UNFINISHED} ()"))
            # Backups hold the configurations of the search, which need it, and no extensions.
            session.execute(text("create extension if not exists unaccent"))
    finally:
        engine.dispose()
    print_result(_fill(config, url, file, options))


def _fill(config: Config, url: str, file: Path, options: RestoreOptions) -> RestoreResult:
    """Restore a backup into an empty database and repeat the withdrawals; all rights are set last."""
    dump.restore(url, file)
    engine = db.new_engine(url, timeouts=False)
    try:
        _check_revision(engine)
        provisioning.migrate(engine)
        done = _repeat_withdrawals(config, engine, options, made_at=dump.made_at(file))
        with provisioning.progress_bars() as bars:
            provisioning.load(engine, bars, role=pages_role(config))
        return done
    finally:
        engine.dispose()


def _repeat_withdrawals(
    config: Config, engine: Engine, options: RestoreOptions, *, made_at: dt.datetime | None
) -> RestoreResult:
    with db.transaction(engine) as session:
        new_keys = _check_keys(config, session, options)
        until = after_restore.last_moment(session)
        if made_at:
            # A wrong clock may have left timestamps that were in the future when the backup was made.
            until = min(until, made_at)
        if not options.everybody:
            _check_logs(options.logs, until)
        after_restore.end_all(session)
        again = repeated_withdrawals.repeat_withdrawals(
            session,
            options.logs,
            until,
            everybody=options.everybody,
            delete_account=lambda session, member: delete_account(session, config, member),
        )
        if "anchor_key" in new_keys:
            repin.redraw(session, key=load_key(config, "anchor_key"))
        unreadable = _check_message_keys(config, session, options)
        after_restore.check_counts(session)
        session.execute(text(f"drop table if exists {provisioning.UNFINISHED}"))
    return RestoreResult(until, again, new_keys, unreadable)


def _check_message_keys(config: Config, session: Session, options: RestoreOptions) -> int:
    """Check that all conversations can be read; delete the others if that was asked for, and return how many."""
    keys = MessageKeys.of(config)
    unreadable = wrapping_keys.delete_unreadable(session, keys)
    if unreadable and not options.deletes_unreadable:
        raise SetupError(
            f"{unreadable} conversations in this backup cannot be read: their key is not in "
            f"{message_keys.folder(config)}. Copy the folder back from where you keep it. If the backup is older than "
            f"{RETENTION.days} days, or the keys are lost, run this with --delete-unreadable."
        )
    wrapping_keys.register(session, keys)
    return unreadable


def _check_keys(config: Config, session: Session, options: RestoreOptions) -> list[str]:
    """Check that the backup belongs to the keys of this machine, or adapt it; return the replaced keys."""
    ours = [(name, load_key(config, name)) for name in (f"{kind}_key" for kind in CHANGES)]
    replaced = [(name, key) for name, key in ours if key_fingerprints.differs(session, key, name)]
    if options.is_rotated:
        for name, key in replaced:
            key_fingerprints.replace(session, key, name)
    try:
        check_keys(config, session)
    except SetupError as problem:
        if options.is_rotated or not replaced:
            raise
        raise SetupError(
            f"{problem} If it was changed by `mapservice rotate-key` since this backup was made, run this with "
            "--rotated."
        ) from None
    return [name for name, _key in replaced]


def _check_logs(logs: Sequence[WithdrawalLog], until: dt.datetime) -> None:
    """Check that a log was kept when the backup was made, and that ours, or each that was named, did not end before."""
    own, *others = logs
    ended = [log for log in others or [own] if (log.last_day() or dt.date.min) < until.date()]
    if ended:
        raise SetupError(
            f"The withdrawal log in {ended[0].folder} ends before this backup was made: it does not say who hid "
            "or left since then. Copy the folder back from where you keep it, or run this with --hide-everybody."
        )
    if not any(log.reaches_back_to(until) for log in logs):
        raise SetupError(
            f"The withdrawal log in {own.folder} begins after this backup was made: it does not say who hid or left "
            f"before. Copy the folder back from where you keep it; if the backup is older than {RETENTION.days} days, "
            "or the log is lost, run this with --hide-everybody."
        )


def _check_revision(engine: Engine) -> None:
    try:
        with engine.connect() as connection:
            revision = connection.scalar(text("select version_num from alembic_version"))
    except DBAPIError:
        raise SetupError("This file is not a backup of this service: it does not contain its tables.") from None
    if revision > provisioning.newest_revision():
        raise SetupError(
            f"This backup is from a newer version ({revision}): restore it with that version or a newer one."
        )
