"""A selection of the released figures, and the file made from it."""

import re
import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from mapservice.actions import figure_report
from mapservice.config import Config
from mapservice.errors import TooBusyError, TooMuchError, UnknownConditionError
from mapservice.files.formats import Format, write
from mapservice.files.sanitize import plain
from mapservice.files.table import FigureLevel, Geography, Row, Sheet
from mapservice.i18n import languages
from mapservice.i18n.figure_metadata import column_words, file_terms
from mapservice.i18n.labels import country_name
from mapservice.i18n.translation import get_locale, ngettext, use_locale
from mapservice.store.catalogue import conditions
from mapservice.store.figures import audit_log, file_rows, published, releases
from mapservice.store.figures.audit_log import Act
from mapservice.store.figures.file_rows import ReleasedFigure
from mapservice.store.operator import settings
from mapservice.store.tables import Condition, Member, Release

#: Maximum number of conditions in one file.
MAX_CONDITIONS = 100

#: Maximum number of conditions in one file that also lists suppressed places: fifty thousand rows.
MAX_LISTED_CONDITIONS = 20

#: Number of files that one process writes at the same time, and how long another request waits for its turn, in
#: seconds.
MAX_CONCURRENT_FILES, TIMEOUT_S = 2, 10
_MAKING = threading.BoundedSemaphore(MAX_CONCURRENT_FILES)

#: Languages of country names. The other texts of a file are in the same language if the site has it.
LANGUAGES = ("en", "ar", "de", "es", "fr", "it", "ja", "nl", "pl", "pt", "ru", "tr", "uk", "zh")


@dataclass(frozen=True, slots=True)
class Selection:
    """A selection of figures: some conditions in one release, by country or region, and the language of the file.

    ``with_few`` includes the places that are too few to show, without a figure.
    """

    release: Release
    conditions: Sequence[Condition]
    by: Geography
    language: str = "en"
    with_few: bool = False

    @property
    def name(self) -> str:
        """File name without its extension."""
        which = self.conditions[0].slug if len(self.conditions) == 1 else f"{len(self.conditions)}-conditions"
        return re.sub(r"[^a-z0-9-]", "", f"figures-release-{self.release.number}-{which}-by-{self.by}")


def select_figures(
    session: Session,
    slugs: Sequence[str],
    by: Geography,
    *,
    release: int | None = None,
    language: str = "en",
    with_few: bool = False,
) -> Selection:
    """Return the selected figures; those of the newest release if no ``release`` is given.

    :raise UnknownConditionError: if a slug is unknown, or there is no slug.
    :raise UnknownReleaseError: if there is no such release.
    :raise TooMuchError: if there are more conditions than one file may hold.
    """
    unique_slugs = list(dict.fromkeys(slugs))
    if not unique_slugs:
        raise UnknownConditionError
    if len(unique_slugs) > (MAX_LISTED_CONDITIONS if with_few else MAX_CONDITIONS):
        raise TooMuchError
    selected_release = published.get_release(session, release) if release is not None else releases.newest(session)
    selected = [conditions.get(session, slug) for slug in unique_slugs]
    return Selection(selected_release, sorted(selected, key=lambda condition: condition.slug), by, language, with_few)


def build_sheet(session: Session, config: Config, selection: Selection) -> Sheet:
    """Return the rows and metadata of a selection; country names in its language, other texts in the current one."""
    slugs = [condition.slug for condition in selection.conditions]
    figures = file_rows.rows(session, selection.release, slugs, selection.by, with_few=selection.with_few)
    rows = to_rows(figures, FigureLevel(selection.by), selection.language)
    named = settings.with_name(session, config)
    return Sheet(
        file_terms(named, selection.release, selection_subject(selection)), rows, column_words(selection.language)
    )


def selection_subject(selection: Selection) -> str:
    """Return the name of the condition, or the number of conditions."""
    if len(selection.conditions) == 1:
        return selection.conditions[0].name
    return ngettext("one condition", "%(num)s conditions", len(selection.conditions))


def write_file(session: Session, config: Config, selection: Selection, form: Format) -> Path:
    """Write a selection to a new file in its own temporary folder, which the caller deletes.

    :raise TooMuchError: if a report is requested for more than one condition.
    """
    if form is Format.REPORT and len(selection.conditions) > 1:
        raise TooMuchError
    with _file_slot():
        path = Path(tempfile.mkdtemp(prefix="mapservice-")) / f"{selection.name}.{form}"
        with deleted_on_error(path), use_locale(_language_of_texts(selection.language)):
            _write(session, config, selection, form, path)
        return path


def _language_of_texts(language: str) -> str:
    """Return the language of the texts of a file: the chosen one, or that of the reader if the site does not have it.

    Files that everybody may cache have no reader: their language depends only on their URL, and is English otherwise.
    """
    return language if language in languages.LANGUAGES else str(get_locale())


@contextmanager
def deleted_on_error(path: Path) -> Iterator[None]:
    """Delete a file and its folder if the block raises."""
    try:
        yield
    except BaseException:
        shutil.rmtree(path.parent)
        raise


@contextmanager
def _file_slot() -> Iterator[None]:
    """Limit the number of files that one process writes at the same time, so that it can still serve pages.

    :raise TooBusyError: if no slot becomes free in time.
    """
    if not _MAKING.acquire(timeout=TIMEOUT_S):
        raise TooBusyError
    try:
        yield
    finally:
        _MAKING.release()


def _write(session: Session, config: Config, selection: Selection, form: Format, path: Path) -> None:
    sheet = build_sheet(session, config, selection)
    if form is Format.REPORT:
        page = figure_report.page(session, selection.conditions[0], sheet, selection.by, is_demo=config.demo)
        path.write_text(page, encoding="utf-8")
    else:
        write(sheet, form, path, name=selection.name)


def write_logged_file(
    session: Session, config: Config, selection: Selection, form: Format, member: Member | None, *, purpose: str
) -> Path:
    """Write a file as ``write_file`` does, and add to the audit log that an admin or the command line exported it.

    The caller commits, and deletes the file if the commit fails.
    """
    path = write_file(session, config, selection, form)
    subject = f"{', '.join(condition.slug for condition in selection.conditions)} by {selection.by}"
    with deleted_on_error(path):
        audit_log.add_entry(
            session, Act.EXPORT, member, subject, release=selection.release.number, form=form, purpose=plain(purpose)
        )
    return path


def to_rows(figures: Iterable[ReleasedFigure], by: FigureLevel, language: str) -> Iterator[Row]:
    """Yield query results as rows of a file, with country names in a language."""
    for figure in figures:
        is_world = figure.zone == "world"
        is_region = by is FigureLevel.REGION and not is_world
        yield Row(
            condition=figure.slug,
            condition_name=figure.condition_name,
            orpha=figure.orpha,
            level=FigureLevel.WORLD if is_world else by,
            zone=figure.zone,
            country=figure.country,
            country_name=country_name(figure.country, figure.country_name, language) if figure.country else "",
            iso_3166=" ".join(figure.codes),
            region_name=figure.zone_name if is_region else "",
            people=figure.shown,
        )
