"""Conditions in the database: loaded once, found by whatever people type."""

import pytest
from sqlalchemy import event, func, select, text

from mapservice.catalogue import ConditionRecord, read_conditions
from mapservice.errors import UnknownConditionError
from mapservice.store.catalogue import conditions
from mapservice.store.tables import Condition, ConditionCode, ConditionName
from tests.statements import statements

ALL = "acute-lymphoblastic-leukaemia"


@pytest.fixture
def catalogue(owner_session):
    """A session on a database with the whole catalogue."""
    conditions.load(owner_session)
    return owner_session


def first(session, query):
    hits = conditions.find(session, query)
    return hits[0].slug if hits else None


def counts(session):
    return [session.scalar(select(func.count()).select_from(t)) for t in (Condition, ConditionName, ConditionCode)]


@pytest.mark.parametrize(
    "query",
    [
        "ALL",
        "all",
        "acute lymphocytic leukemia",
        "Acute Lymphoblastic Leukaemia",
        "ORPHA:513",
        "orpha 513",
        "akute lymfoblastic leukemia",
        "akute lymphoblastic lukemia",
        "leucemia linfoblastica aguda",
    ],
)
def test_one_page_is_found_by_whatever_people_call_it(catalogue, query):
    assert first(catalogue, query) == ALL


@pytest.mark.parametrize(
    ("query", "slug"),
    [
        ("crohns", "crohns-disease"),
        ("Morbus Crohn", "crohns-disease"),
        ("crones disease", "crohns-disease"),
        ("chrons", "crohns-disease"),
        ("cancer", "breast-cancer"),
        ("celiac", "coeliac-disease"),
        ("lime disease", "lyme-disease"),
        ("MS", "multiple-sclerosis"),
        ("fibromialgia", "fibromyalgia"),
        ("parkinsons", "parkinsons-disease"),
        ("hemophilia", "haemophilia-a"),
        ("lupus", "systemic-lupus-erythematosus"),
        ("ME/CFS", "myalgic-encephalomyelitis-chronic-fatigue-syndrome"),
        ("motor neuron disease", "amyotrophic-lateral-sclerosis"),
    ],
)
def test_lay_names_and_typing_mistakes_find_the_page(catalogue, query, slug):
    assert first(catalogue, query) == slug


def test_a_hit_says_which_name_was_met(catalogue):
    hit = conditions.find(catalogue, "acute lymphocytic leukemia")[0]

    assert (hit.name, hit.matched) == ("Acute lymphoblastic leukaemia", "acute lymphocytic leukemia")
    assert conditions.find(catalogue, "ORPHA:513")[0].matched == "ORPHA:513"


def test_a_bare_number_is_no_code(catalogue):
    assert first(catalogue, "513") != ALL


def test_every_condition_is_found_once_and_no_more_than_asked(catalogue):
    hits = conditions.find(catalogue, "leukaemia", limit=7)

    assert len(hits) == len({hit.slug for hit in hits}) == 7


@pytest.mark.parametrize("query", ["", "   ", "%", "_", "%%%", "\\", "'", "\x00", "!!!", "\u0301", "\u200b"])
def test_queries_without_a_word_find_nothing(catalogue, query):
    assert conditions.find(catalogue, query) == []


@pytest.mark.parametrize(
    "query",
    ["x" * 200, "leukaemia " * 20, "a%' OR 1=1 --", "ALL\x00", "مرض", "白血病", "🩸", "ORPHA:" + "9" * 200, "ORPHA:0"],
)
def test_odd_queries_are_harmless(catalogue, query):
    assert len(conditions.find(catalogue, query)) <= 10


def test_a_wildcard_finds_no_more_than_its_absence(catalogue):
    assert conditions.find(catalogue, "wils%") == conditions.find(catalogue, "wils")


def test_loading_twice_changes_nothing(catalogue):
    before = counts(catalogue)
    identity = catalogue.scalar(select(Condition.id).filter_by(slug=ALL))

    assert conditions.load(catalogue) is False
    assert conditions.load(catalogue, records=read_conditions()) is True
    assert counts(catalogue) == before
    assert catalogue.scalar(select(Condition.id).filter_by(slug=ALL)) == identity


def test_loading_asks_the_database_seldom_and_says_how_far_it_is(catalogue, owner_connection):
    heard = []

    with statements(owner_connection) as seen:
        conditions.load(catalogue, lambda done, total: heard.append((done, total)), records=read_conditions())

    # Not once for each of them.
    assert len(seen) < heard[-1][1] / 40
    assert heard[-1][0] == heard[-1][1] > 4_300


def test_a_changed_row_is_changed_and_a_vanished_one_stays(catalogue):
    before = counts(catalogue)[0]
    changed = ConditionRecord(ALL, "Renamed", ("ALL",), 4.0, {"ORPHA": ("513",)}, "New words.")

    conditions.load(catalogue, records=[changed])

    condition = conditions.get(catalogue, ALL)
    catalogue.refresh(condition)
    assert (condition.name, condition.summary, condition.prevalence) == ("Renamed", "New words.", 4.0)
    assert counts(catalogue)[0] == before
    assert first(catalogue, "Renamed") == ALL
    assert first(catalogue, "acute lymphocytic leukemia") != ALL


def test_an_unknown_slug_is_no_condition(catalogue):
    assert conditions.get(catalogue, ALL).name == "Acute lymphoblastic leukaemia"
    with pytest.raises(UnknownConditionError):
        conditions.get(catalogue, "no-such-thing")


@pytest.mark.parametrize("query", ["diabetes", "ms", "x", "akute lymfoblastic leukemia", "ORPHA:513"])
def test_never_compares_a_query_with_every_name(catalogue, query):
    asked = []
    note = lambda _connection, statement, _several, values, _options: asked.append((statement, values))  # noqa: E731
    event.listen(catalogue.connection(), "before_execute", note)
    assert conditions.find(catalogue, query)
    [(statement, values)] = asked

    plan = "\n".join(catalogue.execute(text(f"explain {statement.text}"), values).scalars())

    assert "ix_condition_name_folded_trgm" in plan
    assert "Seq Scan on condition_name" not in plan
