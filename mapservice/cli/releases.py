"""The command that publishes figures."""

import datetime as dt

import click

from mapservice import db
from mapservice.cli import provisioning
from mapservice.cli.connection import owner_engine
from mapservice.config import PREFIX, Config
from mapservice.errors import SetupError
from mapservice.hosting.startup_checks import check_keys
from mapservice.keys import load_key
from mapservice.privacy.disclosure import PROFILES, Profile
from mapservice.store.figures import audit_log, releases
from mapservice.store.tables import Release


@click.command()
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="Day of the release. Refused in production.")
def release(dry_run: bool, today: dt.datetime | None) -> None:
    """Publish today's statistics as a new release, at most once a day.

    Either all of it happens or nothing. If it is interrupted, the next run makes the release. A second run waits for
    the first. A release is never changed and never withdrawn. Use a timer to run this once a week.
    """
    config = Config.from_environment()
    if today and config.production:
        raise SetupError("In production the day of a release is always today: omit --today.")
    profile, key = configured_profile(config), load_key(config, "count_key")
    day = today.date() if today else dt.datetime.now(dt.UTC).date()
    with owner_engine(config) as engine, db.open_session(engine) as session:
        if not releases.try_lock(session):
            click.echo("Another run is making a release: waiting for it.", err=True)
        check_keys(config, session, ("count_key",))
        with provisioning.progress_bars() as bars:
            bars.add_task("Making a release", total=None)
            before = releases.current(session)
            new_release = releases.make(session, day, key=key, profile=profile)
            words = _summary(
                new_release,
                releases.compare(session, before, new_release),
                is_new=new_release is not before,
                is_dry=dry_run,
            )
            audit_log.delete_expired(session)
            if not dry_run:
                db.commit(session)
    click.echo(words)


def configured_profile(config: Config) -> Profile:
    """Return the disclosure profile named in the settings.

    :raise SetupError: if there is no profile with that name.
    """
    if config.release_profile not in PROFILES:
        names = " or ".join(PROFILES)
        raise SetupError(f"{PREFIX}RELEASE_PROFILE must be {names}, not {config.release_profile!r}")
    return PROFILES[config.release_profile]


_DONE = """\
Release {made.number} of {made.made_on} ({made.profile}) has been made.
Numbers that appeared: {change.appeared:,}
Numbers that changed: {change.changed:,}
Numbers that disappeared: {change.vanished:,}
Numbers that stayed the same: {change.stayed:,}"""

_DRY = """\
Release {made.number} of {made.made_on} ({made.profile}) would be made.
Numbers that would appear: {change.appeared:,}
Numbers that would change: {change.changed:,}
Numbers that would disappear: {change.vanished:,}
Numbers that would stay the same: {change.stayed:,}
Nothing was changed."""


def _summary(new_release: Release, change: releases.ReleaseChange, *, is_new: bool, is_dry: bool) -> str:
    """Return sentences about the figures that a release changes; it counts figures, not people."""
    if not is_new:
        return f"Release {new_release.number} was made on {new_release.made_on}: there is nothing to do."
    return (_DRY if is_dry else _DONE).format(made=new_release, change=change)
