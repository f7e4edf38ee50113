"""What a search, and the forum, take among many texts:  python -m bench.search --texts 100000 --threads 5000

A database of its own, which is removed in the end. A member of three communities, and a visitor, search in invented
texts in English and Spanish, whose words are as frequent as words are: for rare and frequent words, for words that
nobody wrote, with typing errors. Then the member opens a forum with many discussions, and one with 2,000 answers. The
figures are milliseconds of the processor in Python and in PostgreSQL for one page, medians. The exit status is 1 if a
page takes more than 50 ms in PostgreSQL.
"""

import statistics
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from bench import invented_texts, report
from bench.invented_texts import LONGEST, InventedTexts
from bench.messages import Cost, Service, counted
from bench.processor import ProcessorClock
from mapservice import db
from mapservice.config import Config
from mapservice.hosting import embedded
from mapservice.web.texts.forum import ANSWERS
from testing import database
from testing.accounts import csrf_token

#: Milliseconds in PostgreSQL that a page may take.
BAR = 50.0

#: Requests of each page, of which the first ones are left out.
TIMES, WARM = 15, 6

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


def main() -> None:
    """Measure, and write a line for each page."""
    parser = report.command(__doc__)
    parser.add_argument("--texts", type=int, default=100_000)
    parser.add_argument("--threads", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with (
        TemporaryDirectory() as folder,
        database.server() as state,
        database.clone(state, database.ground_template(state)) as name,
    ):
        config = Config(state=Path(folder), secret_key="5e" * 32, anchor_key="a0" * 32, withdrawal_key="d0" * 32)
        owner = db.new_engine(embedded.url(state, embedded.SUPERUSER, name), timeouts=False)
        with owner.begin() as connection:
            # As pages have it: what further processes use would not be in the figures.
            connection.execute(text(f"alter database {name} set max_parallel_workers_per_gather = 0"))
        made = invented_texts.fill(owner, texts=options.texts, threads=options.threads, seed=options.seed)
        service = Service(embedded.url(state, embedded.RUNTIME, name), config)
        lines, most = _measure(service, made, options.threads)
        versions = report.database_versions(owner)
        service.engine.dispose()
        owner.dispose()
    report.publish("bench.search", options, lines, versions)
    sys.exit(0 if most <= BAR else 1)


def _measure(service: Service, made: InventedTexts, threads: int) -> tuple[Sequence[str], float]:
    """Return the tables, and the most milliseconds in PostgreSQL."""
    member, visitor = service.browser(made.reader), service.app.test_client()
    found = {
        what: [_cost(service, _get(browser, _address(query, made.words))) for browser in (member, visitor)]
        for what, query in SEARCHES.items()
    }
    forum = {what: [_cost(service, ask)] for what, ask in _forum(member, made, threads).items()}
    lines = [
        *_table("search", ("a member", "a visitor"), found),
        "",
        *_table(f"forum, {threads:,} discussions", ("a member",), forum),
    ]
    return lines, max(cost.postgres for costs in (*found.values(), *forum.values()) for cost in costs)


def _forum(browser: FlaskClient, made: InventedTexts, threads: int) -> dict[str, Callable[[], TestResponse]]:
    """What is asked for of the forum."""
    page = f"/conditions/{made.forum}/forum"
    longest, last = f"{page}/{made.longest}", LONGEST // ANSWERS
    typed = {"title": " ".join(made.words[100:104]), "csrf_token": csrf_token(browser.application)}
    pages = {
        "the newest discussions": page,
        "those in the middle": f"{page}?page={threads // 40}",
        "the oldest ones": f"{page}?page={threads // 20}",
        "those without an answer": f"{page}?order=unanswered",
        "those that the member follows": f"{page}?order=followed",
        f"a discussion with {LONGEST:,} answers": longest,
        "its middle": f"{longest}?page={last // 2}",
        "its last page": f"{longest}?page={last}",
        "the page of the condition": f"/conditions/{made.forum}",
        "a page with nothing but the navigation": "/me/data",
    }
    asked = {what: _get(browser, address) for what, address in pages.items()}
    alike = lambda: browser.post(f"{page}/ask/preview", data=typed, headers={"Accept": "application/json"})  # noqa: E731
    return {**asked, "discussions like a title that is typed": alike}


def _get(browser: FlaskClient, address: str) -> Callable[[], TestResponse]:
    return lambda: browser.get(address)


def _cost(service: Service, ask: Callable[[], TestResponse]) -> Cost:
    """What a page takes: the medians of some requests."""
    for _ in range(WARM):
        answer = ask()
        assert answer.status_code == 200, (answer.request.path, answer.status_code)
    with service.engine.connect() as connection:
        clock = ProcessorClock(connection)
    python, postgres = [], []
    with counted(service.engine) as statements:
        for _ in range(TIMES):
            before = clock.python(), clock.postgres()
            ask()
            python.append(clock.python() - before[0])
            postgres.append(clock.postgres() - before[1])
    return Cost(statements[0] // TIMES, statistics.median(python), statistics.median(postgres))


def _address(query: str, words: Sequence[str]) -> str:
    asked, _, page = query.partition("&page=")
    filled = " ".join(words[int(word[1:-1])] if word.startswith("{") else word for word in asked.split())
    return f"/search?{urlencode({'q': filled, 'page': page or 1})}"


def _table(what: str, who: Sequence[str], costs: dict[str, list[Cost]]) -> Sequence[str]:
    head = (what, *(f"{one}: PostgreSQL + Python, ms; statements" for one in who))
    return report.table(head, [
        (name, *(f"{cost.postgres:.1f} + {cost.python:.1f}; {cost.statements}" for cost in costs))
        for name, costs in costs.items()
    ])  # fmt: skip


if __name__ == "__main__":
    main()
