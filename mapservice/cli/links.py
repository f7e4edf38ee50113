"""The command that checks the links to the sources of articles, if the operator allows the service to reach out."""

import datetime as dt
import time
from urllib.parse import urlsplit

import click
from sqlalchemy import Engine

from mapservice import db
from mapservice.cli.connection import owner_engine
from mapservice.cli.link_requests import LinkRequests
from mapservice.config import PREFIX, Config
from mapservice.errors import SetupError
from mapservice.store.knowledge import source_links

#: Time between two requests to one host.
PAUSE_S = 2.0


@click.command("check-links")
def check_links() -> None:
    """Check whether the links to the sources of articles answer.

    This is the only command that asks other hosts: set MAPSERVICE_CHECK_LINKS=yes to allow it. It asks one page after
    the other. Editors see which did not answer on two different days.
    """
    config = Config.from_environment()
    if not config.check_links:
        raise SetupError(f"This command asks other hosts. Set {PREFIX}CHECK_LINKS=yes to allow it.")
    with owner_engine(config) as engine:
        checked, failed = check(engine, LinkRequests(), dt.datetime.now(dt.UTC).date())
    click.echo(f"{checked:,} links checked, {failed:,} did not answer.")


def check(engine: Engine, requests: LinkRequests, today: dt.date, *, pause_s: float = PAUSE_S) -> tuple[int, int]:
    """Check the links to the sources of all public articles; return how many, and how many did not answer.

    Each is noted at once, and no transaction is open while a host is asked.
    """
    with db.transaction(engine) as session:
        addresses = source_links.addresses(session)
        source_links.forget_others(session, addresses)
    asked: dict[str | None, float] = {}
    failed = 0
    for address in addresses:
        host = urlsplit(address).hostname
        time.sleep(max(0.0, asked.get(host, 0.0) + pause_s - time.monotonic()))
        has_answered = requests.has_answered(address)
        asked[host] = time.monotonic()
        with db.transaction(engine) as session:
            source_links.note(session, address, today, has_answered=has_answered)
        failed += not has_answered
    return len(addresses), failed
