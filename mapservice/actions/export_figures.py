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
from mapservice.i18n.figure_metadata import terms_of, words_of_columns
from mapservice.i18n.labels import country_name
from mapservice.i18n.translation import ngettext
from mapservice.store.catalogue import conditions
from mapservice.store.figures import audit_log, file_rows, published, releases
from mapservice.store.figures.audit_log import Act
from mapservice.store.figures.file_rows import Found
from mapservice.store.tables import Condition, Member, Release

#: Maximum number of conditions in one file.
MAX_CONDITIONS = 100

#: Maximum number of conditions in one file that also lists suppressed places: fifty thousand rows.
MAX_LISTED_CONDITIONS = 20

#: Number of files that one process writes at the same time, and how long another request waits for its turn, in
#: seconds.
MAX_CONCURRENT_FILES, TIMEOUT_S = 2, 10
_MAKING = threading.BoundedSemaphore(MAX_CONCURRENT_FILES)

#: Languages of country names; the other texts of a file are in the languages of the site.
LANGUAGES = ("en", "ar", "de", "es", "fr", "it", "ja", "nl", "pl", "pt", "ru", "tr", "uk", "zh")


@dataclass(frozen=True, slots=True)
class Extract:
    """A selection of figures: some conditions in one release, by country or region, and the language of the names.

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


def extract(
    session: Session,
    slugs: Sequence[str],
    by: Geography,
    *,
    release: int | None = None,
    language: str = "en",
    with_few: bool = False,
) -> Extract:
    """Return the selected figures; those of the newest release if no ``release`` is given.

    :raise UnknownConditionError: if a slug is unknown, or there is no slug.
    :raise UnknownReleaseError: if there is no such release.
    :raise TooMuchError: if there are more conditions than one file may hold.
    """
    wanted = list(dict.fromkeys(slugs))
    if not wanted:
        raise UnknownConditionError
    if len(wanted) > (MAX_LISTED_CONDITIONS if with_few else MAX_CONDITIONS):
        raise TooMuchError
    made = published.get(session, release) if release is not None else releases.newest(session)
    found = [conditions.get(session, slug) for slug in wanted]
    return Extract(made, sorted(found, key=lambda each: each.slug), by, language, with_few)


def sheet_of(session: Session, config: Config, wanted: Extract) -> Sheet:
    """Return the rows and metadata of a selection; country names in its language, other texts in the current locale."""
    slugs = [each.slug for each in wanted.conditions]
    found = file_rows.rows(session, wanted.release, slugs, wanted.by, with_few=wanted.with_few)
    rows = rows_of(found, FigureLevel(wanted.by), wanted.language)
    return Sheet(terms_of(config, wanted.release, subject_of(wanted)), rows, words_of_columns(wanted.language))


def subject_of(wanted: Extract) -> str:
    """Return the name of the condition, or the number of conditions."""
    if len(wanted.conditions) == 1:
        return wanted.conditions[0].name
    return ngettext("one condition", "%(num)s conditions", len(wanted.conditions))


def file_of(session: Session, config: Config, wanted: Extract, form: Format) -> Path:
    """Write a selection to a new file in its own temporary folder, which the caller deletes.

    :raise TooMuchError: if a report is requested for more than one condition.
    """
    if form is Format.REPORT and len(wanted.conditions) > 1:
        raise TooMuchError
    with _room():
        path = Path(tempfile.mkdtemp(prefix="mapservice-")) / f"{wanted.name}.{form}"
        with removed_if_it_fails(path):
            _make(session, config, wanted, form, path)
        return path


@contextmanager
def removed_if_it_fails(path: Path) -> Iterator[None]:
    """Delete a file and its folder if the block raises."""
    try:
        yield
    except BaseException:
        shutil.rmtree(path.parent)
        raise


@contextmanager
def _room() -> Iterator[None]:
    """Limit the number of files that one process writes at the same time, so that it can still serve pages.

    :raise TooBusyError: if no slot becomes free in time.
    """
    if not _MAKING.acquire(timeout=TIMEOUT_S):
        raise TooBusyError
    try:
        yield
    finally:
        _MAKING.release()


def _make(session: Session, config: Config, wanted: Extract, form: Format, path: Path) -> None:
    sheet = sheet_of(session, config, wanted)
    if form is Format.REPORT:
        page = figure_report.page(session, wanted.conditions[0], sheet, wanted.by, is_demo=config.demo)
        path.write_text(page, encoding="utf-8")
    else:
        write(sheet, form, path, name=wanted.name)


def noted_file(
    session: Session, config: Config, wanted: Extract, form: Format, member: Member | None, *, purpose: str
) -> Path:
    """Write a file as ``file_of`` does, and add to the audit log that an admin or the command line exported it.

    The caller commits, and deletes the file if the commit fails.
    """
    path = file_of(session, config, wanted, form)
    subject = f"{', '.join(each.slug for each in wanted.conditions)} by {wanted.by}"
    with removed_if_it_fails(path):
        audit_log.note(
            session, Act.EXPORT, member, subject, release=wanted.release.number, form=form, purpose=plain(purpose)
        )
    return path


def rows_of(found: Iterable[Found], by: FigureLevel, language: str) -> Iterator[Row]:
    """Yield query results as rows of a file, with country names in a language."""
    for each in found:
        is_world = each.zone == "world"
        is_region = by is FigureLevel.REGION and not is_world
        yield Row(
            condition=each.slug,
            condition_name=each.condition_name,
            orpha=each.orpha,
            level=FigureLevel.WORLD if is_world else by,
            zone=each.zone,
            country=each.country,
            country_name=country_name(each.country, each.country_name, language) if each.country else "",
            iso_3166=" ".join(each.codes),
            region_name=each.zone_name if is_region else "",
            people=each.shown,
        )
