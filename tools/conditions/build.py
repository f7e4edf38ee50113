"""One page per community: Orphanet's list and our tables joined into the catalogue."""

import gzip
import io
import json
from collections.abc import Iterable, Mapping

from mapservice.catalogue import ConditionRecord
from mapservice.text.folding import fold
from tools.conditions.orphanet import SourceDisease
from tools.conditions.spelling import british, is_obsolete, without_prefix
from tools.conditions.tables import CuratedCondition, KnownDisease, orpha_number


class CatalogueError(Exception):
    """The tables contradict the source or each other; the message says where."""


def build(
    diseases: Iterable[SourceDisease],
    curated: Iterable[CuratedCondition],
    known: Iterable[KnownDisease],
    left_out: Mapping[int, str],
) -> list[ConditionRecord]:
    """Every condition of the catalogue, ordered by slug, whatever the order of the source.

    :raise CatalogueError: if a table names a disease that the source does not have or calls
        otherwise, or if two conditions would share a slug or a name.
    """
    remaining = {disease.code: disease for disease in diseases}
    for code, name in left_out.items():
        _take(remaining, code, name)
    remaining = {code: disease for code, disease in remaining.items() if not is_obsolete(disease.name)}

    records = [_curated_record(row, remaining) for row in curated]
    records += [_known_record(row, remaining) for row in known]
    records += [_record(disease.name, [disease]) for disease in remaining.values()]
    _check_one_owner(records)
    return sorted(records, key=lambda record: record.slug)


def to_bytes(records: Iterable[ConditionRecord]) -> bytes:
    """The catalogue as gzipped JSON, one condition a line; the same records give the same bytes."""
    lines = (json.dumps(_row(record), ensure_ascii=False) for record in records)
    text = "[\n" + ",\n".join(lines) + "\n]\n"
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=buffer, mtime=0) as file:
        file.write(text.encode("utf-8"))
    return buffer.getvalue()


def _curated_record(row: CuratedCondition, remaining: dict[int, SourceDisease]) -> ConditionRecord:
    numbers = [orpha_number(code) for code in row.codes]
    taken_in = [remaining.pop(number) for number in numbers if number in remaining]
    record = _record(row.name, taken_in, synonyms=row.synonyms, numbers=numbers)
    return ConditionRecord(
        slug=row.slug,
        name=row.name,
        synonyms=record.synonyms,
        prevalence=row.prevalence,
        codes=record.codes,
        summary=row.summary,
    )


def _known_record(row: KnownDisease, remaining: dict[int, SourceDisease]) -> ConditionRecord:
    main = _take(remaining, row.code, row.name)
    included = [_take(remaining, code) for code in row.includes]
    return _record(main.name, [main, *included], synonyms=row.synonyms, prevalence=row.prevalence)


def _record(
    source_name: str,
    diseases: list[SourceDisease],
    *,
    synonyms: tuple[str, ...] = (),
    numbers: Iterable[int] = (),
    prevalence: float | None = None,
) -> ConditionRecord:
    """A condition that owns ``diseases``; each of them stays findable by Orphanet's own spelling."""
    name = british(without_prefix(source_name))
    names = list(synonyms)
    for disease in diseases:
        names += [british(without_prefix(disease.name)), without_prefix(disease.name)]
    codes = {
        "ORPHA": sorted({*numbers, *(disease.code for disease in diseases)}),
        "OMIM": sorted({number for disease in diseases for number in disease.omim}),
    }
    return ConditionRecord(
        slug=fold(name).replace(" ", "-"),
        name=name,
        synonyms=_distinct(names, besides=name),
        prevalence=prevalence,
        codes={system: tuple(str(code) for code in values) for system, values in codes.items() if values},
        summary="",
    )


def _take(remaining: dict[int, SourceDisease], code: int, name: str | None = None) -> SourceDisease:
    disease = remaining.pop(code, None)
    if disease is None:
        raise CatalogueError(f"ORPHA:{code} is not in the source, or is taken by two rows")
    if name is not None and disease.name != name:
        raise CatalogueError(f"ORPHA:{code} is {disease.name!r} in the source, not {name!r}")
    return disease


def _distinct(names: Iterable[str], *, besides: str) -> tuple[str, ...]:
    by_fold = {fold(besides): besides}
    for name in names:
        by_fold.setdefault(fold(name), name)
    return tuple(by_fold.values())[1:]


def _check_one_owner(records: list[ConditionRecord]) -> None:
    """Refuse a catalogue in which one name leads to two pages, which would split a community."""
    owner: dict[str, str] = {}
    slugs: set[str] = set()
    problems = []
    for record in records:
        if record.slug in slugs:
            problems.append(f"slug {record.slug} twice")
        slugs.add(record.slug)
        for name in (record.name, *record.synonyms):
            other = owner.setdefault(fold(name), record.name)
            if other != record.name:
                problems.append(f"{name!r} names both {other!r} and {record.name!r}")
    if problems:
        raise CatalogueError("; ".join(problems))


def _row(record: ConditionRecord) -> dict[str, object]:
    prevalence = record.prevalence
    if prevalence is not None and prevalence.is_integer():
        prevalence = int(prevalence)
    return {
        "slug": record.slug,
        "name": record.name,
        "synonyms": list(record.synonyms),
        "prevalence": prevalence,
        "codes": {system: list(codes) for system, codes in record.codes.items()},
        "summary": record.summary,
    }
