"""The command that exports published figures as a file."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO

import click
from sqlalchemy.orm import Session

from mapservice import db
from mapservice.actions import export_figures
from mapservice.actions.export_figures import Selection
from mapservice.cli.connection import database_urls
from mapservice.config import Config
from mapservice.errors import MapServiceError, TooMuchError, UnknownConditionError, UnknownReleaseError
from mapservice.files.formats import Format
from mapservice.files.table import Geography
from mapservice.store.across import demo

#: Error messages for a terminal.
_WORDS = {
    UnknownConditionError: "There is no such condition: use the slug from the condition's URL.",
    UnknownReleaseError: "There is no such release: make one with mapservice release, or omit --release.",
    TooMuchError: f"Too much for one file: at most {export_figures.MAX_CONDITIONS} conditions, "
    f"{export_figures.MAX_LISTED_CONDITIONS} with --with-few, and one in a report.",
}

_GEOGRAPHIES = [geography.value for geography in Geography]
_FORMATS = [file_format.value for file_format in Format]


@click.command()
@click.argument("conditions", nargs=-1, required=True, metavar="CONDITION...")
@click.option("--by", type=click.Choice(_GEOGRAPHIES), default="country", show_default=True,
              help="Group by country or by region.")  # fmt: skip
@click.option("--release", type=click.IntRange(min=1), help="Number of the release.  [default: the newest]")
@click.option("--format", "form", type=click.Choice(_FORMATS), default="csv", show_default=True,
              help="csv-metadata.json is the data dictionary of the CSV. html is a report on one A4 page.")  # fmt: skip
@click.option(
    "--output",
    "-o",
    type=click.File("wb", lazy=True, atomic=True),
    default="-",
    show_default=True,
    help="File to write. - is standard output.",
)
@click.option("--language", type=click.Choice(export_figures.LANGUAGES), default="en", show_default=True,
              help="Language of country names, and of other texts if the site has it.")  # fmt: skip
@click.option("--with-few", is_flag=True, help="Also list places with too few people to show, without a number.")
@click.option("--purpose", default="", help="What it is for. Members can read this in the export log.")
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
    """Export published statistics of conditions by country or region as a file.

    CONDITION is the slug from the condition's URL, such as multiple-sclerosis. Only released statistics are exported:
    rounded, blurred, and without a number where there are too few people. Members can read a log of all exports.
    """
    config = Config.from_environment()

    def select(session: Session) -> Selection:
        return export_figures.select_figures(
            session, conditions, Geography(by), release=release, language=language, with_few=with_few
        )

    try:
        selection, path = _write_file(config, select, Format(form), purpose)
    except MapServiceError as problem:
        raise click.ClickException(_WORDS.get(type(problem), type(problem).__doc__ or "")) from problem
    try:
        with path.open("rb") as source:
            shutil.copyfileobj(source, output)
    finally:
        shutil.rmtree(path.parent)
    click.echo(f"Release {selection.release.number} of {selection.release.made_on}: {path.name}", err=True)


def _write_file(
    config: Config, select: Callable[[Session], Selection], form: Format, purpose: str
) -> tuple[Selection, Path]:
    """Write a file with figures and log the export; return what is in the file, and its path."""
    engine = db.new_engine(database_urls(config).runtime, timeouts=False)
    try:
        with db.open_session(engine) as session:
            # Files with demo data always say that it is demo data.
            config = replace(config, demo=config.demo or demo.has_invented_people(session))
            selection = select(session)
            path = export_figures.write_logged_file(session, config, selection, form, None, purpose=purpose)
            with export_figures.deleted_on_error(path):
                db.commit(session)
    finally:
        engine.dispose()
    return selection, path
