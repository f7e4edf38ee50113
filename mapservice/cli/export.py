"""The command that hands out published figures as a file."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from typing import IO

import click

from mapservice import db
from mapservice.actions import export_figures
from mapservice.cli.connection import addresses
from mapservice.config import Config
from mapservice.errors import MapServiceError, TooMuchError, UnknownConditionError, UnknownReleaseError
from mapservice.files.formats import Format
from mapservice.files.table import Geography
from mapservice.store.across import demo

#: What each error means on a terminal.
_WORDS = {
    UnknownConditionError: "There is no such condition: its name is the last part of its page's address.",
    UnknownReleaseError: "There is no such release: make one with mapservice release, or leave --release out.",
    TooMuchError: f"Too much for one file: {export_figures.MOST_CONDITIONS} conditions at the most, "
    f"{export_figures.MOST_LISTED} --with-few, and one in a report.",
}


@click.command()
@click.argument("conditions", nargs=-1, required=True, metavar="CONDITION...")
@click.option("--by", type=click.Choice([each.value for each in Geography]), default="country", show_default=True,
              help="Divide the world by country or by region.")  # fmt: skip
@click.option("--release", type=click.IntRange(min=1), help="Number of the release.  [default: the newest]")
@click.option("--format", "form", type=click.Choice([each.value for each in Format]), default="csv", show_default=True,
              help="csv-metadata.json is the dictionary of the CSV, html a report on one page of A4.")  # fmt: skip
@click.option(
    "--output",
    "-o",
    type=click.File("wb", lazy=True, atomic=True),
    default="-",
    show_default=True,
    help="Where to write it; - is standard output.",
)
@click.option("--language", type=click.Choice(export_figures.LANGUAGES), default="en", show_default=True,
              help="Language of the names of countries.")  # fmt: skip
@click.option("--with-few", is_flag=True, help="List the places that are too few to show as well, without a figure.")
@click.option("--purpose", default="", help="What it is for; members can read it in the list of exports.")
def export(
    conditions: Sequence[str],
    by: str,
    release: int | None,
    form: str,
    output: IO[bytes],
    language: str,
    with_few: bool,
    purpose: str,
) -> None:
    """Hand out published figures of conditions by country or region as a file.

    A CONDITION is the last part of its page's address, such as multiple-sclerosis. Only released figures leave the
    house: rounded, blurred, and nothing where people are too few. Every export is noted where members can read it.
    """
    config = Config.from_environment()
    engine = db.new_engine(addresses(config).runtime, timeouts=False)
    try:
        with db.session_on(engine) as session:
            # Files of a demo say that its people are invented, whoever makes them.
            config = replace(config, demo=config.demo or demo.has_any(session))
            wanted = export_figures.extract(
                session, conditions, Geography(by), release=release, language=language, with_few=with_few
            )
            path = export_figures.noted_file(session, config, wanted, Format(form), None, purpose=purpose)
            with export_figures.removed_if_it_fails(path):
                db.commit(session)
    except MapServiceError as problem:
        raise click.ClickException(_WORDS.get(type(problem), type(problem).__doc__ or "")) from problem
    finally:
        engine.dispose()
    try:
        with path.open("rb") as source:
            shutil.copyfileobj(source, output)
    finally:
        shutil.rmtree(path.parent)
    click.echo(f"Release {wanted.release.number} of {wanted.release.made_on}: {path.name}", err=True)
