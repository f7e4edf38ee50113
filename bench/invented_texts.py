"""Invented texts of many authors, in English and Spanish, whose words are as frequent as words are; and a reader."""

import datetime as dt
import random
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from mapservice import catalogue, db
from mapservice.privacy.visibility import Role
from mapservice.store.community import memberships
from mapservice.store.forum import follows
from mapservice.store.tables import Condition, Member
from mapservice.store.tables.texts import ForumThread
from testing.accounts import new_member

#: Authors, conditions in which they write, and words of a text.
AUTHORS, CONDITIONS, WORDS = 40, 20, 90

#: Days on which they wrote, answers in a discussion of which there are many, and discussions that the reader follows.
DAYS, LONGEST, FOLLOWED = 1000, 2000, 20

_SPREAD = ("condition", "members", "public")

_COLUMNS = """
    condition_id, id, member_id, kind, state, audience, language, title, body, written_on, thread_id, number
"""

_PUBLIC = """
    insert into public_text (
        condition_id, id, member_id, kind, topic, language, name, title, first_signs, diagnosis, helped, earlier_self,
        body, content_notes, written_on, is_edited, shows_contacts, thread_id, number
    )
    select condition_id, id, member_id, kind, topic, language, 'Author', title, first_signs, diagnosis, helped,
           earlier_self, body, content_notes, written_on, is_edited, shows_contacts, thread_id, number
    from member_text where audience = 'public'
"""

# Made again after the texts: entering each of them in an index takes some milliseconds.
_INDEXES = "select indexname, indexdef from pg_indexes where indexname like 'ix_%_text_search%'"


@dataclass(frozen=True, slots=True)
class InventedTexts:
    """What was added: somebody who reads, the words (the most frequent first), and the forum with the discussions.

    ``longest`` is the discussion with many answers.
    """

    reader: Member
    words: Sequence[str]
    forum: str
    longest: uuid.UUID


def fill(engine: Engine, *, texts: int, threads: int, seed: int) -> InventedTexts:
    """Add authors and their texts. The reader is a member of three communities, and follows discussions in one.

    A third of the texts are answers in the discussions, which are all in that one; most of the others are stories.
    """
    rng = random.Random(seed)
    with db.open_session(engine) as session:
        words = _vocabulary(session, rng)
        slugs = [one.slug for one in catalogue.read_demo()][:CONDITIONS]
        conditions = session.scalars(select(Condition).where(Condition.slug.in_(slugs))).all()
        authors = [new_member(session, f"bench-{n}@example.org", pseudonym=f"Author {n}") for n in range(AUTHORS)]
        for author in authors:
            _join(session, author, conditions)
        reader = new_member(session, "bench-reader@example.org", pseudonym="Reader")
        _join(session, reader, conditions[:3])
        session.flush()
        writer = _Writer(rng, words, [author.id for author in authors])
        begun = [_Thread(uuid.UUID(int=rng.getrandbits(128)), rng.choice(_SPREAD)) for _number in range(threads)]
        begun[0].audience = "public"
        rows = writer.discussions(conditions[0].id, begun, texts // 3)
        rows += writer.stories([condition.id for condition in conditions], texts - len(rows))
        _copy(session, conditions[0].id, begun, rows)
        for thread in begun[:FOLLOWED]:
            follows.follow(session, memberships.get(session, reader, conditions[0]), thread.id)
        session.execute(text("update thread_follow set seen_number = seen_number / 2"))
        session.commit()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum (analyze) member_text, public_text, forum_thread, thread_follow, membership"))
    return InventedTexts(reader, words, conditions[0].slug, begun[0].id)


def _join(session: Session, member: Member, conditions: Iterable[Condition]) -> None:
    for condition in conditions:
        memberships.join(session, member, condition, Role.PERSON, pseudonym=None, for_minor=False)


def _vocabulary(session: Session, rng: random.Random) -> list[str]:
    """The words of terms in English and Spanish, in an order that is their frequency."""
    labels = session.scalars(text("select label || ' ' || spanish from phenotype_term order by id")).all()
    words = sorted(
        {word.strip("(),;") for label in labels for word in label.split() if len(word) > 3 and word.isalpha()}
    )
    rng.shuffle(words)
    return words


@dataclass(slots=True)
class _Thread:
    id: uuid.UUID
    audience: str
    numbers: int = 0


class _Writer:
    """Writes texts, as rows of their table. Words have the frequencies of Zipf's law."""

    def __init__(self, rng: random.Random, words: Sequence[str], authors: Sequence[uuid.UUID]) -> None:
        self._rng, self._words, self._authors = rng, words, authors
        self._weights = [1 / (rank + 10) for rank in range(len(words))]
        self._today = dt.datetime.now(tz=dt.UTC).date()

    def stories(self, conditions: Sequence[int], how_many: int) -> list[tuple[Any, ...]]:
        """Return stories about some conditions."""
        return [
            self._row(self._rng.choice(conditions), self._key(), "story", self._rng.choice(_SPREAD), self._days())
            for _number in range(how_many)
        ]

    def discussions(self, condition: int, threads: Sequence[_Thread], answers: int) -> list[tuple[Any, ...]]:
        """Return the first texts of discussions, and answers: many in the first one, in the others by chance."""
        days = sorted((self._days() for _thread in threads), reverse=True)
        rows = [
            self._row(condition, thread.id, "thread", thread.audience, ago, thread.id)
            for thread, ago in zip(threads, days, strict=True)
        ]
        answered = sorted([0] * min(LONGEST, answers) + self._some(len(threads), answers - LONGEST))
        for at in answered:
            thread = threads[at]
            thread.numbers += 1
            ago = max(0, days[at] - thread.numbers)
            rows.append(self._row(condition, self._key(), "answer", thread.audience, ago, thread.id, thread.numbers))
        return rows

    def _some(self, threads: int, how_many: int) -> list[int]:
        return [self._rng.randrange(threads) for _number in range(max(0, how_many))]

    def _row(self, condition: int, key: uuid.UUID, kind: str, audience: str, ago: int, *place: Any) -> tuple[Any, ...]:
        said = self._rng.choices(self._words, self._weights, k=WORDS)
        words = " ".join(said[:6]) if kind != "answer" else "", " ".join(said[6:])
        who, language = self._rng.choice(self._authors), self._rng.choice(("en", "es"))
        day, (thread, number) = self._today - dt.timedelta(days=ago), (*place, None, 0)[:2] if place else (None, 0)
        return condition, key, who, kind, "shown", audience, language, *words, day, thread, number or 0

    def _key(self) -> uuid.UUID:
        return uuid.UUID(int=self._rng.getrandbits(128))

    def _days(self) -> int:
        return self._rng.randrange(DAYS)


def _copy(session: Session, condition_id: int, threads: Sequence[_Thread], rows: Iterable[tuple[Any, ...]]) -> None:
    indexes = session.execute(text(_INDEXES)).all()
    for index in indexes:
        session.execute(text(f"drop index {index.indexname}"))
    session.add_all(
        ForumThread(condition_id=condition_id, id=one.id, audience=one.audience, numbers=one.numbers) for one in threads
    )
    session.flush()
    connection: Any = session.connection().connection.driver_connection
    with connection.cursor() as cursor, cursor.copy(f"copy member_text ({_COLUMNS}) from stdin") as copy:
        for row in rows:
            copy.write_row(row)
    session.execute(text(_PUBLIC))
    for index in indexes:
        session.execute(text(index.indexdef.replace(":", r"\:")))
