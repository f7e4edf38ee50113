"""Who can read a text: one rule in two forms, compared for every kind, audience, state, author and viewer there is."""

import datetime as dt
from itertools import product

import pytest
from sqlalchemy import select, text
from sqlalchemy.dialects import postgresql

from mapservice.errors import UnknownTextError
from mapservice.i18n.dates import today
from mapservice.privacy.texts import MemberTextKind, TextAudience, TextState, WrittenText, can_read
from mapservice.privacy.visibility import Audience, Role, Viewer
from mapservice.store.community import memberships
from mapservice.store.tables import Member, Membership
from mapservice.store.tables.texts import MemberText
from mapservice.store.texts import readable

#: The authors of the matrix: what differs of each.
AUTHORS = ("shown", "hidden", "blocks-the-viewer", "for-minor", "under-18", "suspended", "former")


@pytest.fixture
def authors(session, condition) -> dict[str, Member | None]:
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


@pytest.fixture
def texts(session, condition, authors) -> dict[tuple[str, ...], MemberText]:
    """A text for each kind, audience, state and author, under the author's name and under another."""
    rows: dict[tuple[str, ...], MemberText] = {}
    names = (None, "Another name")
    for kind, audience, state, author, pen_name in product(MemberTextKind, TextAudience, TextState, AUTHORS, names):
        member = authors[author]
        more = {"state_before": TextState.SHOWN, "withdrawn_on": today()} if state is TextState.WITHDRAWN else {}
        row = MemberText(
            condition_id=condition.id, member_id=member.id if member else None, kind=kind, audience=audience,
            state=state, topic="diet" if kind is MemberTextKind.EXPERIENCE else None, language="en", pen_name=pen_name,
            body="Text", **more,
        )  # fmt: skip
        session.add(row)
        rows[kind, audience, state, author, pen_name or ""] = row
    session.flush()
    return rows


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


def written(row: MemberText, author: str) -> WrittenText:
    return WrittenText(
        row.member_id,
        TextAudience(row.audience),
        TextState(row.state),
        for_minor=author in {"for-minor", "under-18"},
        is_suspended=author == "suspended",
        has_own_name=row.pen_name is not None,
    )


def read_by(session, condition, viewer) -> set:
    """What the store gives a viewer."""
    rows = [
        readable.listed(session, condition, viewer, kind, by_thanks=by_thanks, limit=10_000)[1]
        for kind, by_thanks in zip(MemberTextKind, (False, True), strict=True)
    ]
    return {text.row.id for listed in rows for text in listed}


def differences(session, condition, texts, viewers) -> set[tuple[str, ...]]:
    """Where the store and the rule disagree: the viewer, and what the text is."""
    found = set()
    for name, viewer in viewers.items():
        given = read_by(session, condition, viewer)
        found |= {
            (name, *map(str, key))
            for key, row in texts.items()
            if (row.id in given) != can_read(written(row, key[3]), viewer)
        }
    return found


def test_never_gives_a_text_to_a_viewer_who_cannot_read_it(session, condition, texts, viewers):
    assert len(texts) == 2 * 3 * 4 * 7 * 2
    assert differences(session, condition, texts, viewers) == set()
    how_many = {name: len(read_by(session, condition, viewer)) for name, viewer in viewers.items()}
    # Of each author with two names: one audience of three for strangers, two for members, three for fellow patients.
    assert (how_many["stranger"], how_many["member"], how_many["fellow"]) == (2 * 2 * 4, 2 * 2 * 6 * 2, 2 * 2 * 6 * 3)
    assert how_many["fellow"] - how_many["blocked fellow"] == 2 * 3


#: Each filter of the statement, as a part of it, and what is in its place where it was forgotten.
PLANTED = {
    "state": ("member_text.state = 'shown'", "true"),
    "held": ("member_text.state IN ('shown', 'held')", "true"),
    "audience": ("member_text.audience IN ('public')", "true"),
    "audience of members": ("member_text.audience IN ('members', 'public')", "true"),
    "minors": ("membership.for_minor", "false"),
    "under 18": ("member.minor_until > CURRENT_DATE", "false"),
    "suspended": ("member.active", "true"),
    "blocks": ("(member_text.member_id NOT IN", "(true or member_text.member_id NOT IN"),
    "another name": ("member_text.pen_name IS NOT NULL", "false"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_filter_that_is_forgotten_is_found(session, connection, condition, texts, viewers, name, monkeypatch):
    part, instead = PLANTED[name]
    real = readable.readable

    def planted(condition_id, viewer):
        rules = []
        for rule in real(condition_id, viewer):
            sql = str(rule.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))
            rules.append(text(sql.replace(part, instead).replace(":", r"\:")))
        return rules

    with monkeypatch.context() as patch:
        patch.setattr(readable, "readable", planted)
        found = differences(session, condition, texts, viewers)

    assert found


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
