"""Loads the articles that come with the software; what editors wrote or withdrew stays as it is."""

import hashlib
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from mapservice.config import HOME
from mapservice.questions import ArticleOrigin, ArticleState, ArticleText, QuestionKind, Source
from mapservice.store.knowledge import articles
from mapservice.store.knowledge.articles import ArticleKey
from mapservice.store.tables import Condition, Loaded

#: One file for each condition and language: <slug>.<language>.toml.
FOLDER = HOME / "data" / "articles"

#: Incremented when the same articles have to be loaded in another way.
EDITION = 3

# The ids of sources behind a sentence: [one, another]. A link in Markdown is none.
_MARK = re.compile(r"\[([a-z][a-z0-9-]*(?:, [a-z][a-z0-9-]*)*)\](?!\()")


def load(session: Session, progress: Callable[[int, int], None] = lambda done, total: None) -> bool:
    """Publish the articles of the data that are new or changed, as not reviewed; return True if something was read."""
    paths = sorted(FOLDER.glob("*.toml"))
    digest = _digest(session, paths)
    if session.scalar(select(Loaded.digest).filter_by(subject="articles")) == digest:
        return False
    ids = {row.slug: row.id for row in session.execute(select(Condition.slug, Condition.id))}
    for number, path in enumerate(paths, 1):
        slug, language = path.name.removesuffix(".toml").rsplit(".", 1)
        for kind, text in read(path):
            if slug in ids:
                _publish(session, ArticleKey(ids[slug], kind, language), text)
        progress(number, len(paths))
    session.execute(delete(Loaded).filter_by(subject="articles"))
    session.execute(insert(Loaded).values(subject="articles", digest=digest))
    return True


def read(path: Path) -> Iterator[tuple[QuestionKind, ArticleText]]:
    """Yield the articles of one file. The ids of sources behind a sentence become their numbers.

    :raise KeyError: if a sentence names a source that the article does not list.
    """
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    sources = {source["id"]: source for source in data["sources"]}
    for article in data["articles"]:
        used = [
            *(_source(sources[name], is_compared=False) for name in article["sources"]),
            *(_source(sources[name], is_compared=True) for name in article.get("compared", ())),
        ]
        numbers = {name: number for number, name in enumerate(article["sources"], 1)}
        short, body, steps = (_numbered(article.get(name, ""), numbers) for name in ("short", "body", "next_steps"))
        yield QuestionKind(article["kind"]), ArticleText(short, body, steps, tuple(used))


def _numbered(text: str, numbers: Mapping[str, int]) -> str:
    def named(mark: re.Match[str]) -> str:
        return ", ".join(map(str, sorted(numbers[name] for name in mark[1].split(", "))))

    return _MARK.sub(lambda mark: f"[{named(mark)}]", text).strip()


def _source(data: Mapping[str, Any], *, is_compared: bool) -> Source:
    return Source(data["title"], data["publisher"], data["address"], data.get("seen"), is_compared)


def _publish(session: Session, key: ArticleKey, text: ArticleText) -> None:
    """Publish a text, unless an editor has written or withdrawn something, or it is public already."""
    known = [signed.version for signed in articles.versions(session, key)]
    if any(version.origin != ArticleOrigin.SHIPPED or version.state == ArticleState.WITHDRAWN for version in known):
        return
    if known and articles.text_of(known[0]) == text:
        return
    number = articles.save(session, key, known[0].number if known else 0, text, origin=ArticleOrigin.SHIPPED)
    signed = articles.get(session, key, number) if number else None
    if signed is not None:
        articles.set_state(session, signed.version, ArticleState.PUBLISHED)


def _digest(session: Session, paths: Sequence[Path]) -> str:
    conditions = session.scalar(select(Loaded.digest).filter_by(subject="conditions"))
    files = hashlib.sha256(b"".join(path.name.encode() + path.read_bytes() for path in paths)).hexdigest()
    return f"{files}/{EDITION}/{conditions}"
