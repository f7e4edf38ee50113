"""Commands that choose which conditions the service is for, and add conditions of its own."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.orm import Session

from mapservice import db
from mapservice.cli.connection import owner_engine
from mapservice.config import Config
from mapservice.errors import SetupError, UnknownConditionError
from mapservice.store.catalogue import listing, offer
from mapservice.store.catalogue.offer import LastConditionError, SameNameError
from mapservice.store.figures import audit_log
from mapservice.store.figures.audit_log import Act

_SLUGS = click.argument("slugs", nargs=-1, required=True)


@click.group()
def conditions() -> None:
    """Choose which conditions this service is for, and add conditions of your own.

    SLUGS are the last parts of the addresses of conditions, such as crohns-disease. Nothing is deleted: members of a
    hidden condition keep what they stored, and can leave.
    """


@conditions.command("list")
@click.option("--hidden", is_flag=True, help="List those that the service is not for.")
def list_conditions(hidden: bool) -> None:
    """Print the conditions that this service is for, by name."""
    with _session() as session:
        everything = 1_000_000
        rows = offer.hidden(session, everything) if hidden else listing.offered(session, everything)
        lines = [f"{row.slug}\t{row.name}" for row in rows]
    click.echo("\n".join(lines))


@conditions.command()
@_SLUGS
def choose(slugs: tuple[str, ...]) -> None:
    """Make this service one for these conditions only."""
    with _changes("choose", *slugs) as session:
        offer.choose(session, slugs)
        number = offer.number_offered(session)
    click.echo(f"The service is for {_conditions(number)} now.")


@conditions.command("all")
def choose_all() -> None:
    """Make this service one for all conditions of the catalogue."""
    with _changes("all") as session:
        offer.choose_all(session)
        number = offer.number_offered(session)
    click.echo(f"The service is for {_conditions(number)} now.")


@conditions.command("show")
@_SLUGS
def offer_some(slugs: tuple[str, ...]) -> None:
    """Add conditions of the catalogue to those that this service is for."""
    with _changes("offer", *slugs) as session:
        changed = sum(offer.offer(session, slug) for slug in slugs)
    click.echo(f"{_conditions(changed)} added.")


@conditions.command()
@_SLUGS
def hide(slugs: tuple[str, ...]) -> None:
    """Hide conditions: their pages, maps and statistics are closed."""
    with _changes("hide", *slugs) as session:
        changed = sum(offer.hide(session, slug) for slug in slugs)
    click.echo(f"{_conditions(changed)} hidden.")


@conditions.command()
@click.argument("slug")
@click.argument("name")
@click.option("--synonym", "synonyms", multiple=True, help="Another name. Can be given several times.")
@click.option("--prevalence", type=click.FloatRange(0, 100_000, min_open=True), help="People per 100,000.")
def add(slug: str, name: str, synonyms: tuple[str, ...], prevalence: float | None) -> None:
    """Add a condition that is not in the catalogue."""
    if not offer.SLUG.fullmatch(slug):
        raise SetupError("A slug has small letters from a to z, numbers and single hyphens, like my-condition.")
    try:
        with _changes("add", slug) as session:
            offer.add_own(session, slug, " ".join(name.split()), synonyms=synonyms, prevalence=prevalence)
    except SameNameError as problem:
        raise SetupError("There is a condition with this slug or name already.") from problem
    click.echo("The condition has been added.")


def _conditions(number: int) -> str:
    return "one condition" if number == 1 else f"{number:,} conditions"


@contextmanager
def _changes(what: str, *slugs: str) -> Iterator[Session]:
    """Yield a session for a change, which is entered in the audit log.

    :raise SetupError: if there is no such condition, or none would be left.
    """
    with _session() as session:
        try:
            yield session
        except UnknownConditionError as problem:
            raise SetupError("There is no such condition: use the slug from the condition's URL.") from problem
        except LastConditionError as problem:
            raise SetupError("A service needs at least one condition: nothing was changed.") from problem
        audit_log.add_entry(session, Act.CHANGE, None, f"conditions: {what} {' '.join(slugs)}"[:200].strip())


@contextmanager
def _session() -> Iterator[Session]:
    with owner_engine(Config.from_environment()) as engine, db.transaction(engine) as session:
        yield session
