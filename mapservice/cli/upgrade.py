"""The command that upgrades a database to a new version of the service, with a way back."""

import click

from mapservice.cli import provisioning
from mapservice.cli.backup import save_before
from mapservice.cli.connection import check_owner, database_urls, owner_engine, pages_role
from mapservice.cli.serve import service_lock
from mapservice.config import VERSION, Config
from mapservice.hosting.startup_checks import check_keys_in


@click.command()
def upgrade() -> None:
    """Update the database to this version of the service: back up, migrate, load, check.

    Stop the service first, and run this as the owner of the tables. It prints where the backup is and how to go back.
    """
    config = Config.from_environment()
    with service_lock(config.state):
        file = save_before(config, database_urls(config).owner, "upgrade")
        click.echo(
            f"The backup is in {file}. To go back: install the previous version of the service, and run\n"
            f"  mapservice restore {file}"
        )
        with owner_engine(config) as engine, provisioning.progress_bars() as bars:
            changed = provisioning.migrate(engine)
            check_owner(config, engine)
            loaded = provisioning.load(engine, bars, role=pages_role(config))
            check_keys_in(config, engine)
    updated = [*(["tables"] if changed else []), *loaded]
    click.echo(f"Version {VERSION}: updated {', '.join(updated) if updated else 'nothing'}. Start the service.")
