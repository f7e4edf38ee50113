"""What a search takes among many texts:  python -m bench.search --texts 100000

A database of its own, which is removed in the end. A member of three communities searches in invented texts in English
and Spanish, whose words are as frequent as words are: for rare and frequent words, for words that nobody wrote, with
typing errors. The figures are milliseconds of the processor in Python and in PostgreSQL for one page. The exit status
is 1 if a search takes more than 50 ms in PostgreSQL.
"""

import argparse
import datetime as dt
import random
import sys
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from bench import report
from bench.messages import Cost, Service
from mapservice import catalogue, db
from mapservice.config import Config
from mapservice.hosting import embedded
from mapservice.privacy.visibility import Role
from mapservice.store.community import memberships
from mapservice.store.tables import Condition, Member
from testing import database
from testing.accounts import new_member

#: Milliseconds in PostgreSQL that a search may take.
BAR = 50.0

#: Authors, conditions in which they write, words of a text, and days on which they were written.
AUTHORS, CONDITIONS, WORDS, DAYS = 40, 20, 90, 1000

#: What is searched for. Each word of the vocabulary has its rank: the first ones are in most of the texts.
SEARCHES = {
    "a rare word": "{4000}",
    "two words": "{300} {900}",
    "a frequent word": "{40}",
    "two frequent words": "{30} {60}",
    "a question about a condition": "multiple sclerosis symptoms",
    "a condition and a word": "cystic fibrosis {700}",
    "five words, one of them nowhere": "{50} {200} {400} {800} xylophonist",
    "a word with a typing error": "chemotheraphy",
    "two words with typing errors": "laparascopy gynacologist",
    "a word that nobody wrote": "xylophonist",
    "in Spanish, without accents": "operacion de corazon",
    "a frequent word, page 15": "{40}&page=15",
}

_COPY = """
    copy member_text (condition_id, id, member_id, kind, state, audience, language, title, body, written_on) from stdin
"""

# Made again after the texts: entering each of them in an index takes some milliseconds.
_INDEXES = "select indexname, indexdef from pg_indexes where indexname like 'ix_member_text_search%'"


def main() -> None:
    """Measure, and write a line for each search."""
    parser = report.command(__doc__)
    parser.add_argument("--texts", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with (
        TemporaryDirectory() as folder,
        database.server() as state,
        database.clone(state, database.ground_template(state)) as name,
    ):
        config = Config(state=Path(folder), secret_key="5e" * 32, anchor_key="a0" * 32, withdrawal_key="d0" * 32)
        owner = db.new_engine(embedded.url(state, embedded.SUPERUSER, name), timeouts=False)
        member, words = _fill(owner, options)
        service = Service(embedded.url(state, embedded.RUNTIME, name), config)
        browser = service.browser(member)
        costs = {what: service.cost(browser, _address(query, words)) for what, query in SEARCHES.items()}
        versions = report.database_versions(owner)
        service.engine.dispose()
        owner.dispose()
    report.publish("bench.search", options, _table(costs), versions)
    sys.exit(0 if max(cost.postgres for cost in costs.values()) <= BAR else 1)


def _address(query: str, words: Sequence[str]) -> str:
    asked, _, page = query.partition("&page=")
    filled = " ".join(words[int(word[1:-1])] if word.startswith("{") else word for word in asked.split())
    return f"/search?{urlencode({'q': filled, 'page': page or 1})}"


def _fill(engine: Engine, options: argparse.Namespace) -> tuple[Member, Sequence[str]]:
    """Add authors and their texts; return a member of three communities, and the words, the most frequent first."""
    rng = random.Random(options.seed)
    with db.open_session(engine) as session:
        words = _vocabulary(session, rng)
        slugs = [one.slug for one in catalogue.read_demo()][:CONDITIONS]
        conditions = session.scalars(select(Condition).where(Condition.slug.in_(slugs))).all()
        authors = [new_member(session, f"bench-{n}@example.org", pseudonym=f"Author {n}") for n in range(AUTHORS)]
        for author in authors:
            for condition in conditions:
                memberships.join(session, author, condition, Role.PERSON, pseudonym=None, for_minor=False)
        reader = new_member(session, "bench-reader@example.org", pseudonym="Reader")
        for condition in conditions[:3]:
            memberships.join(session, reader, condition, Role.PERSON, pseudonym=None, for_minor=False)
        session.flush()
        rows = _rows(rng, words, [author.id for author in authors], [condition.id for condition in conditions])
        indexes = session.execute(text(_INDEXES)).all()
        for index in indexes:
            session.execute(text(f"drop index {index.indexname}"))
        connection: Any = session.connection().connection.driver_connection
        with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            for _number, row in zip(range(options.texts), rows, strict=False):
                copy.write_row(row)
        for index in indexes:
            session.execute(text(index.indexdef.replace(":", r"\:")))
        session.commit()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum (analyze) member_text"))
    return reader, words


def _vocabulary(session: Session, rng: random.Random) -> list[str]:
    """The words of terms in English and Spanish, in an order that is their frequency."""
    labels = session.scalars(text("select label || ' ' || spanish from phenotype_term order by id")).all()
    words = sorted(
        {word.strip("(),;") for label in labels for word in label.split() if len(word) > 3 and word.isalpha()}
    )
    rng.shuffle(words)
    return words


def _rows(
    rng: random.Random, words: Sequence[str], authors: Sequence[uuid.UUID], conditions: Sequence[int]
) -> Iterator[tuple[Any, ...]]:
    """Texts without end. Words have the frequencies of Zipf's law."""
    weights = [1 / (rank + 10) for rank in range(len(words))]
    while True:
        said = rng.choices(words, weights, k=WORDS)
        audience, language = rng.choice(("condition", "members", "public")), rng.choice(("en", "es"))
        day = dt.datetime.now(tz=dt.UTC).date() - dt.timedelta(days=rng.randrange(DAYS))
        key = rng.choice(conditions), uuid.UUID(int=rng.getrandbits(128)), rng.choice(authors)
        yield (*key, "story", "shown", audience, language, " ".join(said[:6]), " ".join(said[6:]), day)


def _table(costs: dict[str, Cost]) -> Sequence[str]:
    head = ("search", "statements", "PostgreSQL, ms", "Python, ms")
    return report.table(head, [
        (what, str(cost.statements), f"{cost.postgres:.1f}", f"{cost.python:.1f}") for what, cost in costs.items()
    ])  # fmt: skip


if __name__ == "__main__":
    main()
