"""What a search finds: by the one rule who can read a text, in the words of its language, and no contact details."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text, true

from mapservice.i18n.dates import today
from mapservice.privacy.texts import MemberTextKind, Reader, can_read
from mapservice.store.across.subjects import SEARCHED
from mapservice.store.search import asked, finding
from mapservice.store.search.finding import BEGINS, ENDS, Filters
from mapservice.store.tables.searched import CONTACTS
from mapservice.store.tables.texts import MemberText
from mapservice.store.texts import public_texts, searching
from mapservice.text import contacts
from tests.store.texts.test_readable import make_authors, make_texts, ruled, viewers

__all__ = ["viewers"]


@pytest.fixture
def authors(session, condition):
    return make_authors(session, condition)


@pytest.fixture
def texts(session, condition, authors):
    return make_texts(session, condition, authors)


def found_by(session, reader: Reader, words: str, filters: Filters | None = None) -> set[str]:
    """The keys of all that a search finds."""
    query = asked.ask(session, words)
    assert query
    hits, _is_exact = finding.find(session, SEARCHED, reader, query, filters or Filters(), limit=10_000)
    return {hit.key for hit in hits}


def of_members() -> Filters:
    return Filters(frozenset(MemberTextKind))


def add(session, condition, body: str, **values) -> str:
    """Store a text; its key."""
    row = MemberText(
        condition_id=condition.id,
        **{"kind": "story", "state": "shown", "audience": "members", "language": "en", **values},
        body=body,
    )
    session.add(row)
    session.flush()
    return str(row.id)


def wrongly_found(session, condition, texts, viewers) -> set[tuple[str, ...]]:
    """Where the search and the rule disagree: the viewer, and what the text is."""
    public_texts._refresh(session, condition.id, true())
    wrong = set()
    for name, viewer in viewers.items():
        here, apart = {condition.id} if viewer.has_joined else (), {(condition.id, other) for other in viewer.apart}
        reader = Reader(viewer.member, frozenset(here), apart_in=frozenset(apart))
        given = found_by(session, reader, "Text", of_members())
        wrong |= {
            (name, *map(str, key))
            for key, row in texts.items()
            if (str(row.id) in given) != can_read(ruled(texts, key), viewer)
        }
    return wrong


def test_never_finds_a_text_for_somebody_who_cannot_read_it(session, condition, texts, viewers, monkeypatch):
    assert wrongly_found(session, condition, texts, viewers) == set()

    monkeypatch.setattr(searching, "readable_everywhere", lambda _reader: [true()])
    assert len(wrongly_found(session, condition, texts, viewers)) > 100


@pytest.mark.parametrize(
    ("language", "said", "words"),
    [
        ("es", "El diagnóstico de los niños", "diagnosticos nino"),
        ("es", "Volvieron las ÚLCERAS", "ulcera"),
        ("en", "She was coughing at night", "cough nights"),
        ("en", "Crohn’s doesn't stop me", "crohns"),
        ("en", "I fell on the stairs.My knee hurt", "knee"),
        ("de", "Ich hatte große Rückenschmerzen", "Rückenschmerzen"),
        ("de", "Ich hatte große Rückenschmerzen", "ruckenschmerzen"),
        ("en", "After the laparoscopy I slept", "laparascopy"),
        ("en", "Yoghurt/soup and naproxen", "soup"),
    ],
)
def test_words_are_found_in_the_inflections_of_their_language_and_without_accents(
    session, condition, alice, language, said, words
):
    key = add(session, condition, said, language=language)

    assert found_by(session, Reader(alice.id), words) == {key}


def test_what_changed_is_found_by_its_new_words_only(session, condition, alice):
    key, reader = add(session, condition, "A telescope"), Reader(alice.id)
    row = session.scalars(select(MemberText).filter_by(condition_id=condition.id)).one()
    assert found_by(session, reader, "telescope") == {key}

    row.body = "A microscope"
    session.flush()

    assert found_by(session, reader, '"telescope"') == set()
    assert found_by(session, reader, "microscope") == {key}


CONTACT = (
    "Ann lives near the sea. Ask ann.b@example.org, or +49 151 234 5678, "
    "www.wonder-cure.com/ann or ann (at) sea (dot) net"
)


@pytest.mark.parametrize("words", ["wonder", '"example"', "151", "5678", '"ann b"', '"sea net"', "cure", "org"])
def test_never_finds_contact_details_that_readers_do_not_see(session, condition, alice, words):
    reader = Reader(alice.id)
    hidden = add(session, condition, CONTACT)

    assert found_by(session, reader, words, of_members()) == set()
    assert found_by(session, reader, "near the sea") == {hidden}


def test_contact_details_that_a_moderator_shows_can_be_found(session, condition, alice):
    key = add(session, condition, CONTACT, shows_contacts=True)

    assert found_by(session, Reader(alice.id), "wonder cure") == {key}


@pytest.fixture
def hide(session):
    """A function that returns a text as the search reads it."""
    statement = text("select regexp_replace(:said, :contacts, ' | ', 'gi')")
    return lambda said: session.scalar(statement, {"said": said, "contacts": CONTACTS})


PIECES = [
    *("ann", "org", "de", "X", "é", "www", "http", "://", "/", "@", "(at)", ".", "[dot]", ",", "_", "(", ")", "-"),
    *("+49", "00", "151", "7", " ", "\u00a0", "\n"),
]


@settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
@example("write to\u00a0a@b.de")
@example("0151\u00a02345678")
@example("see X.de/é")
def test_never_reads_a_contact_that_pages_hide(hide, said):
    seen = hide(said)

    assert contacts.mask(seen, "") == seen


@pytest.mark.parametrize("words", ["", "   ", "-soup", "- - -", "'", '"', "\\", "& | ! <->", "\x01", "🙂"])
def test_a_query_without_words_asks_for_nothing(session, words):
    assert asked.ask(session, words) is None


@pytest.mark.parametrize("words", ["a' | b", "it's \\ 'x':*", '"one two', "((", "x" * 5000, "e\u0301 " * 300, "a & !b"])
def test_any_words_can_be_asked_for(session, alice, words):
    assert asked.ask(session, words) is None or found_by(session, Reader(alice.id), words) == set()


def test_what_is_marked_is_what_the_reader_sees(session):
    query = asked.ask(session, "niña sudor")
    said = [("es", f"La nina y el {BEGINS}sudor{ENDS}"), ("en", "Nothing of it")]

    assert finding.marked(session, query, said) == [
        f"La {BEGINS}nina{ENDS} y el {BEGINS}sudor{ENDS}",
        "Nothing of it",
    ]


@pytest.mark.parametrize(
    "windows", [((2, 0),), ((2, 0), (8, 1)), ((2, 0), (8, 3)), ((2, 0), (8, 9)), ((8, 0),), ((50, 0),)]
)
@pytest.mark.parametrize("words", ["telescope", "telescope moon", "telescope moons sun"])
def test_the_same_texts_are_found_however_many_of_the_newest_are_looked_at_first(
    session, condition, alice, words, windows, monkeypatch
):
    for ago in range(12):
        written_on = today() - dt.timedelta(days=ago)
        add(session, condition, f"A telescope {'and the moon' if ago % 3 else ''}", written_on=written_on)
        add(session, condition, "A telescope and the moon", state="held", written_on=written_on)
    query = asked.ask(session, words)
    monkeypatch.setattr(finding, "CANDIDATES", 4)

    def found():
        return finding.find(session, SEARCHED, Reader(alice.id), query, Filters(), limit=10)

    monkeypatch.setattr(finding, "WINDOWS", ())
    expected = found()
    monkeypatch.setattr(finding, "WINDOWS", windows)
    assert found() == expected
    assert len(expected[0]) == 4
