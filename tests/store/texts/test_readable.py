"""Who can read a text: one rule in two forms, compared for every kind, audience, state, author and viewer there is."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from mapservice import db
from mapservice.errors import UnknownTextError
from mapservice.i18n.dates import today
from mapservice.privacy.texts import MemberTextKind, Reader, TextAudience, TextState, WrittenText, can_read
from mapservice.privacy.visibility import Audience, Role, Viewer
from mapservice.store.blocks import blocks
from mapservice.store.catalogue import conditions
from mapservice.store.community import memberships
from mapservice.store.forum import threads
from mapservice.store.forum.threads import ThreadOrder
from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.tables.texts import ForumThread, MemberText
from mapservice.store.texts import everywhere, readable, readers, reading_rule
from testing.observing import observe

#: The authors of the matrix: what differs of each.
AUTHORS = ("shown", "hidden", "blocks-the-viewer", "for-minor", "under-18", "suspended", "former")


Texts = dict[tuple[str, ...], MemberText]


def make_authors(session: Session, condition: Condition) -> dict[str, Member | None]:
    found: dict[str, Member | None] = {"former": None}
    for name in AUTHORS[:-1]:
        member = Member(email=f"{name}@example.org", pseudonym=name, active=name != "suspended")
        if name == "under-18":
            member.minor_until = (today() + dt.timedelta(days=400)).replace(day=1)
        session.add(member)
        session.flush()
        membership = memberships.join(
            session, member, condition, Role.PERSON, pseudonym=None, for_minor=name == "for-minor"
        )
        membership.audience = Audience.NOBODY if name == "hidden" else Audience.MEMBERS
        found[name] = member
    session.flush()
    return found


NAMES = (None, "Another name")


def made(condition, authors, kind, audience, state, author, pen_name, **more) -> MemberText:
    if state is TextState.WITHDRAWN:
        more |= {"state_before": TextState.SHOWN, "withdrawn_on": today()}
    return MemberText(
        condition_id=condition.id, member_id=authors[author].id if authors[author] else None, kind=kind,
        audience=audience, state=state, topic="diet" if kind is MemberTextKind.EXPERIENCE else None, language="en",
        pen_name=pen_name, body="Text", **more,
    )  # fmt: skip


def make_texts(session: Session, condition: Condition, authors: dict[str, Member | None]) -> Texts:
    """A text for each kind, audience, state and author, under the author's name and under another.

    Of the answers, some are in a discussion that everybody can enter. The others can be read by everybody, and have the
    discussion of each kind around them: these are named "in" and what the first text is.
    """
    rows: Texts = {}
    for audience, state, author, pen_name in product(TextAudience, TextState, AUTHORS, NAMES):
        key, who = (audience, state, author, pen_name or ""), (condition, authors)
        for kind in (MemberTextKind.STORY, MemberTextKind.EXPERIENCE):
            rows[kind, *key] = made(*who, kind, audience, state, author, pen_name)
        found = uuid.uuid4()
        session.add(ForumThread(condition_id=condition.id, id=found, audience=audience))
        first = made(*who, MemberTextKind.THREAD, audience, state, author, pen_name, id=found, thread_id=found)
        rows[MemberTextKind.THREAD, *key] = first
        answers = MemberTextKind.ANSWER, TextAudience.PUBLIC, TextState.SHOWN, "shown", None
        rows["in", *key] = made(*who, *answers, thread_id=found, number=1)
    for_all = uuid.uuid4()
    session.add(ForumThread(condition_id=condition.id, id=for_all, audience=TextAudience.PUBLIC))
    for number, what in enumerate(product(TextAudience, TextState, AUTHORS, NAMES)):
        answer = made(condition, authors, MemberTextKind.ANSWER, *what, thread_id=for_all, number=number)
        rows[MemberTextKind.ANSWER, *what[:3], what[3] or ""] = answer
    for number, row in enumerate(row for row in rows.values() if row.thread_id):
        row.written_on = today() - dt.timedelta(days=number % 5)
    session.flush()
    session.add_all(rows.values())
    session.flush()
    return rows


@pytest.fixture(scope="module")
def matrix(acting_engine: Engine) -> Iterator[tuple[Connection, Texts]]:
    """A connection with the texts of the authors, which are made once for all tests, and the texts."""
    with acting_engine.connect() as connection, connection.begin() as transaction:
        observe(connection)
        with db.open_session(connection) as session:
            condition = conditions.get(session, "acute-lymphoblastic-leukaemia")
            texts = make_texts(session, condition, make_authors(session, condition))
            session.scalars(select(MemberText).execution_options(populate_existing=True)).all()
            session.expunge_all()
            session.commit()
        yield connection, texts
        transaction.rollback()


@pytest.fixture
def connection(matrix) -> Iterator[Connection]:
    """The connection of all tests; what a test does on it is undone."""
    with matrix[0].begin_nested() as savepoint:
        yield matrix[0]
        savepoint.rollback()


@pytest.fixture
def texts(matrix) -> Texts:
    return matrix[1]


@pytest.fixture
def authors(session) -> dict[str, Member | None]:
    members = {member.pseudonym: member for member in session.scalars(select(Member))}
    return {name: members.get(name) for name in AUTHORS}


@pytest.fixture
def viewers(authors, bob, alice) -> dict[str, Viewer]:
    blocker = authors["blocks-the-viewer"].id
    own = {f"the author: {name}": Viewer(author.id, has_joined=True) for name, author in authors.items() if author}
    own.pop("the author: suspended")  # cannot sign in
    return {
        "stranger": Viewer(),
        "member": Viewer(alice.id),
        "fellow": Viewer(bob.id, has_joined=True),
        "blocked member": Viewer(alice.id, apart=frozenset({blocker})),
        "blocked fellow": Viewer(bob.id, has_joined=True, apart=frozenset({blocker})),
        **own,
    }


def written(row: MemberText, author: str, thread: WrittenText | None = None) -> WrittenText:
    return WrittenText(
        row.member_id,
        TextAudience(row.audience),
        TextState(row.state),
        for_minor=author in {"for-minor", "under-18"},
        is_suspended=author == "suspended",
        has_own_name=row.pen_name is not None,
        thread=thread,
    )


def ruled(texts, key) -> WrittenText:
    """A text of the matrix as the rule sees it."""
    if key[0] == "in":
        first = texts[MemberTextKind.THREAD, *key[1:]]
        return written(texts[key], "shown", written(first, key[3]))
    open_to_all = WrittenText(None, TextAudience.PUBLIC, TextState.WITHDRAWN)
    return written(texts[key], key[3], open_to_all if key[0] == MemberTextKind.ANSWER else None)


def read_by(session, condition, viewer) -> set:
    """What the store gives a viewer."""
    rows = [
        readable.listed(session, condition, viewer, kind, by_thanks=by_thanks, limit=10_000)[1]
        for kind, by_thanks in zip(MemberTextKind, (False, True, False, True), strict=True)
    ]
    return {text.row.id for listed in rows for text in listed}


def differences(session, condition, texts, viewers) -> Iterator[tuple[str, ...]]:
    """Where the store and the rule disagree: the viewer, and what the text is."""
    for name, viewer in viewers.items():
        given = read_by(session, condition, viewer)
        for key, row in texts.items():
            if (row.id in given) != can_read(ruled(texts, key), viewer):
                yield name, *map(str, key)


def test_never_gives_a_text_to_a_viewer_who_cannot_read_it(session, condition, texts, viewers):
    assert len(texts) == 5 * 3 * 4 * 7 * 2
    assert list(differences(session, condition, texts, viewers)) == []
    how_many = {name: len(read_by(session, condition, viewer)) for name, viewer in viewers.items()}
    # Of each author with two names: one audience of three for strangers, two for members, three for fellow patients.
    of_kinds = 4 * 2 * 4, 4 * 2 * 6 * 2, 4 * 2 * 6 * 3
    # An answer in a discussion can be read whatever became of the first text, also of somebody who is suspended.
    in_threads = 4 * 2 * 5, 4 * 2 * 7 * 2, 4 * 2 * 7 * 3
    assert (how_many["stranger"], how_many["member"], how_many["fellow"]) == tuple(
        sum(pair) for pair in zip(of_kinds, in_threads, strict=True)
    )
    # The answers of others stay, as they do where an account is deleted.
    assert how_many["fellow"] - how_many["blocked fellow"] == 4 * 3


#: Each filter of the statement, as a part of it, and what is in its place where it was forgotten.
PLANTED = {
    "state": ("member_text.state = 'shown'", "true"),
    "held": ("member_text.state IN ('shown', 'held')", "true"),
    "audience": ("member_text.audience IN ('public')", "true"),
    "audience of members": ("member_text.audience IN ('members', 'public')", "true"),
    "minors": ("membership.for_minor", "false"),
    "under 18": ("member.minor_until > CURRENT_DATE", "false"),
    "suspended": ("member.active", "true"),
    "blocks": ("member_text.member_id != ALL", "true or member_text.member_id != ALL"),
    "another name": ("member_text.pen_name IS NOT NULL", "false"),
    "audience of a discussion": ("forum_thread.audience IN ('public')", "true"),
    "discussion of a minor": ("membership_1.for_minor", "false"),
    "discussion": ("member_text.thread_id IS NULL", "true"),
}


@pytest.mark.parametrize("name", [*PLANTED, "nothing"])
def test_a_filter_that_is_forgotten_is_found(session, connection, condition, texts, viewers, name, monkeypatch):
    part, instead = PLANTED.get(name, ("true", "true"))
    real, changed = reading_rule.readable, []

    def planted(condition_id, viewer):
        # In a statement, so that what is inside of a subquery belongs to the same text.
        statement = select(MemberText.id).where(*real(condition_id, viewer))
        sql = str(statement.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))
        rule = sql.partition("WHERE")[2]
        changed.append(part in rule)
        return [text(rule.replace(part, instead).replace(":", r"\:"))]

    with monkeypatch.context() as patch:
        patch.setattr(readable, "readable", planted)
        found = next(differences(session, condition, texts, viewers), None)

    assert (found is not None) == (name in PLANTED)
    assert name == "nothing" or any(changed)


def test_the_count_is_the_number_of_texts_that_are_listed(session, condition, texts, viewers):
    for viewer in viewers.values():
        for kind in MemberTextKind:
            count, rows = readable.listed(session, condition, viewer, kind, limit=10_000)
            assert count == len(rows) == readable.count(session, condition, viewer, kind)


def test_never_opens_a_text_that_is_not_in_the_list(session, condition, texts, viewers):
    viewer = viewers["blocked fellow"]
    given = read_by(session, condition, viewer)
    for row in list(texts.values())[::7]:
        if row.id in given:
            assert readable.get(session, condition, row.id, viewer).row.id == row.id
        else:
            with pytest.raises(UnknownTextError):
                readable.get(session, condition, row.id, viewer)


def test_a_name_leads_to_the_profile_only_where_it_is_visible(session, condition, texts, viewers, authors):
    _n, rows = readable.listed(session, condition, viewers["fellow"], MemberTextKind.STORY, limit=10_000)
    by_id = {row.id: key for key, row in texts.items()}
    leads = {by_id[text.row.id][3:] for text in rows if text.public_id}

    assert leads == {("shown", ""), ("blocks-the-viewer", ""), ("for-minor", ""), ("under-18", "")}
    cards = dict(session.execute(select(Membership.member_id, Membership.public_id)).all())
    assert all(text.public_id in {None, cards.get(text.row.member_id)} for text in rows)
    assert {text.name for text in rows if text.row.member_id is None} == {None, "Another name"}
    _n, rows = readable.listed(session, condition, viewers["stranger"], MemberTextKind.STORY, limit=10_000)
    assert {text.public_id for text in rows} == {None}


@pytest.fixture
def another_condition(session):
    return session.scalars(select(Condition).filter_by(slug="marfan-syndrome")).one()


@pytest.mark.parametrize("name", ["alice", "bob", "under-18", "blocks-the-viewer"])
def test_never_lists_another_story_among_those_of_the_site_than_in_its_condition(
    session, condition, another_condition, authors, texts, alice, bob, name
):
    member = {"alice": alice, "bob": bob, **authors}[name]
    for blocked in (alice, bob):
        blocks.block_account(session, authors["blocks-the-viewer"], condition.id, blocked.id, name=None)
    blocks.block_account(session, authors["shown"], another_condition.id, bob.id, name=None)
    memberships.join(session, bob, another_condition, Role.PERSON, pseudonym=None, for_minor=False)
    for author in ("shown", "hidden", "for-minor"):
        memberships.join(session, authors[author], another_condition, Role.PERSON, pseudonym=None, for_minor=False)
        for audience in TextAudience:
            key = {"condition_id": another_condition.id, "member_id": authors[author].id, "audience": audience}
            session.add(MemberText(**key, kind="story", state="shown", language="es", title="T", body="Text"))
    session.flush()
    reader = readers.reader(session, member)

    total, told = everywhere.readable(session, reader, None, limit=10_000, offset=0)

    expected = set()
    for where in (condition, another_condition):
        viewer = memberships.viewer(session, member, where)
        _number, listed = readable.listed(session, where, viewer, MemberTextKind.STORY, limit=10_000)
        expected |= {(text.row.id, text.name, text.is_own) for text in listed}
    assert {(text.row.id, text.name, text.is_own) for text, _condition in told} == expected
    assert total == len(expected) > 20
    of_one = everywhere.readable(session, reader, "es", limit=10_000, offset=0)[1]
    assert {text.row.id for text, where in of_one} == {t.row.id for t, where in told if where is another_condition}
    assert set(everywhere.readable_languages(session, reader)) == {"en", "es"}


def test_the_forum_lists_what_a_viewer_can_read_and_nothing_else(session, condition, texts, viewers):
    """Discussions, their newest day, the numbers of answers, and the answers in one are those of the rule."""
    for viewer in (viewers["fellow"], viewers["blocked fellow"], viewers["the author: for-minor"]):
        rule = [texts[key] for key in texts if texts[key].thread_id and can_read(ruled(texts, key), viewer)]
        answers = Counter(row.thread_id for row in rule if row.kind == MemberTextKind.ANSWER)
        newest = {row.thread_id: row.written_on for row in sorted(rule, key=lambda row: row.number)}

        total, listed = threads.listed(session, condition, viewer, limit=10_000)

        assert {one.id: (one.day, one.answers) for one in listed} == {
            thread_id: (day, answers[thread_id]) for thread_id, day in newest.items()
        }
        assert total == len(listed)
        assert [one.day for one in listed] == sorted(newest.values(), reverse=True)
        unanswered, _rows = threads.listed(session, condition, viewer, ThreadOrder.UNANSWERED, limit=1)
        assert unanswered == len(newest.keys() - answers.keys())
        for thread_id in list(newest)[::9]:
            count, rows = threads.answers(session, condition, viewer, thread_id, limit=10_000)
            assert count == len(rows) == answers[thread_id]
        for hidden in {row.thread_id for row in texts.values() if row.thread_id} - newest.keys():
            assert threads.answers(session, condition, viewer, hidden, limit=1) == (0, [])


def test_the_statement_is_the_same_text_however_many_people_are_apart(viewers):
    """The time to plan another one would tell a viewer that somebody has blocked them."""
    texts = set()
    for how_many in range(3):
        viewer = replace(viewers["fellow"], apart=frozenset(uuid.uuid4() for _one in range(how_many)))
        statement = select(MemberText.id).where(*reading_rule.readable(1, viewer)).order_by(readable._thanks(viewer))
        texts.add(str(statement.compile(dialect=postgresql.dialect(), compile_kwargs={"render_postcompile": True})))
    assert len(texts) == 1


def test_the_statement_about_all_communities_is_the_same_text_for_every_member():
    texts = set()
    for how_many in range(3):
        people = [uuid.uuid4() for _one in range(how_many)]
        reader = Reader(uuid.uuid4(), frozenset(range(how_many)), frozenset(people), frozenset(enumerate(people)))
        statement = select(MemberText.id).where(*reading_rule.readable_everywhere(reader))
        texts.add(str(statement.compile(dialect=postgresql.dialect(), compile_kwargs={"render_postcompile": True})))
    assert len(texts) == 1
