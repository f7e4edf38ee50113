"""After a death a caregiver removes the membership or keeps the person in memory, and can undo it for 30 days."""

import datetime as dt
import re
import uuid

import pytest
from sqlalchemy import func, select, text

from mapservice.actions import after_death
from mapservice.geo.zones import Level
from mapservice.mail import memorials as memorial_emails
from mapservice.privacy.care import SpeaksAs
from mapservice.privacy.consents import ConsentKind
from mapservice.privacy.memorials import REVERSIBLE
from mapservice.privacy.visibility import Audience, Role
from mapservice.store.care import codes
from mapservice.store.community import consents, memberships
from mapservice.store.places import count_rollup, homes
from mapservice.store.tables import Consent, Mail, Membership, RememberedCount
from mapservice.store.tables.care import MemorialNoticeRow, MemorialRow
from mapservice.store.tables.messages import ConversationRow, MessageRow
from mapservice.store.tables.texts import MemberText
from testing.accounts import new_member, post, sign_in
from testing.locations import put
from testing.observing import limited
from testing.releasing import as_owner, put_figures

ALL = "/conditions/acute-lymphoblastic-leukaemia"
PERSON = f"{ALL}/person"
DEATH = f"{PERSON}/after-a-death"
TEXT = "Would you like to talk about the clinic one day?"
MEMORY, REMOVAL = {"choice": "memory", "remembered": "yes"}, {"choice": "removal"}


def joined(session, condition, email, zone, *, level=Level.REGION):
    member = new_member(session, email, pseudonym=f"Name of {email.partition('@')[0]}")
    membership = put(session, member, condition, zone, level=level, audience=Audience.MEMBERS)
    membership.role = Role.CAREGIVER
    consents.count(session, member, membership, "Count me.", today=dt.date(2026, 1, 1))
    count_rollup.repair(session)
    session.commit()
    return member


@pytest.fixture
def mother(session, condition, freiburg):
    return joined(session, condition, "mother@example.org", freiburg)


@pytest.fixture
def father(session, condition, mother):
    father = joined(session, condition, "father@example.org", "IS", level=Level.COUNTRY)
    mine, theirs = (memberships.get(session, member, condition) for member in (mother, father))
    codes.enter(session, theirs, codes.make(session, mine, SpeaksAs.CAREGIVER))
    assert codes.confirm(session, mine)
    session.commit()
    return father


def browser(app, member, *, is_fresh=True):
    client = app.test_client()
    sign_in(client, member, is_fresh=is_fresh)
    return client


@pytest.fixture
def as_mother(app, mother):
    return browser(app, mother)


@pytest.fixture
def as_father(app, father):
    return browser(app, father)


def of(session, member):
    session.expire_all()
    return session.scalars(select(Membership).where(Membership.member_id == member.id)).one()


def memorial(session, member):
    session.expire_all()
    return session.scalars(select(MemorialRow).where(MemorialRow.member_id == member.id)).one_or_none()


def write(client, public_id):
    form = {"text": TEXT, "operation": str(uuid.uuid4())}
    return post(client, f"{ALL}/people/{public_id}/write", form)


@pytest.fixture
def talk(session, as_bob, as_mother, mother):
    """A conversation of Bob with the mother, who has accepted it."""
    address = write(as_bob, of(session, mother).public_id).location
    assert post(as_mother, f"{address}/accept").status_code == 303
    return address


def masked(page):
    return re.sub(r'(csrf_token"?[^>]*value|nonce|name="operation" value)="[^"]*"', "", page)


def seen_of_her(client, public_id, talk):
    """What somebody else can see of the mother: her card, the list of people near, the conversations."""
    paths = (
        f"{ALL}/people/{public_id}",
        f"{ALL}/nearby",
        f"{ALL}/nearby/region",
        f"{ALL}/map/table",
        "/messages",
        talk,
        f"{ALL}/stories",
    )
    return [(answer.status_code, masked(answer.text)) for answer in map(client.get, paths)]


def finished(session, connection):
    """How many choices the worker makes final, with the rights that it has."""
    with limited(connection):
        count = after_death.finish_due(session, dt.datetime.now(dt.UTC).date())
        session.commit()
    return count


def days_pass(session, days):
    """Let time pass by moving what happened back."""
    with as_owner(session):
        session.execute(text("update memorial set closed_on = closed_on - :n, due_on = due_on - :n"), {"n": days})
        session.execute(text("update membership set closed_on = closed_on - :n"), {"n": days})
        session.execute(text("update memorial_notice set due_on = due_on - :n"), {"n": days})
    session.commit()


@pytest.mark.parametrize("choice", [MEMORY, REMOVAL], ids=["memory", "removal"])
def test_never_shows_a_closed_membership_anywhere_and_undoing_brings_back_what_was(
    session, as_mother, as_bob, mother, talk, choice
):
    before = of(session, mother)
    text = {"kind": "story", "state": "shown", "audience": "members", "language": "en", "title": "Our way"}
    session.add(MemberText(condition_id=before.condition_id, member_id=mother.id, first_signs=TEXT, **text))
    session.commit()
    was = {name: value for name, value in vars(before).items() if name not in {"version", "_sa_instance_state"}}
    seen = seen_of_her(as_bob, before.public_id, talk)
    assert TEXT in as_mother.get(talk).text

    assert post(as_mother, DEATH, choice).location == DEATH

    gone = seen_of_her(as_bob, before.public_id, talk)
    assert [status for status, _page in seen] == [200] * 7
    assert [status for status, _page in gone] == [404, 200, 200, 200, 200, 404, 200]
    assert before.public_id in seen[2][1]
    assert all("Name of mother" in seen[at][1] for at in (0, 4, 5, 6))
    assert all(now[1] != then[1] for now, then in zip(gone, seen, strict=True))
    assert not any(of_her in page for of_her in ("mother", before.public_id) for _status, page in gone[1:])
    assert write(as_bob, before.public_id).status_code == 404
    assert as_mother.get(talk).status_code == 404
    assert TEXT not in as_mother.get("/messages").text
    assert "Our way" not in as_mother.get(f"{ALL}/stories").text
    assert count_rollup.differences(session) == 0
    for page in ("join", "place", "profile", "person", "who-can-write"):
        assert as_mother.get(f"{ALL}/{page}", follow_redirects=True).request.path == DEATH

    answer = post(as_mother, f"{DEATH}/undo", {})

    assert (answer.status_code, answer.location) == (303, "/me")
    assert {name: value for name, value in vars(of(session, mother)).items() if name in was} == was
    assert seen_of_her(as_bob, before.public_id, talk) == seen
    assert TEXT in as_mother.get(talk).text
    assert memorial(session, mother) is None
    assert post(as_mother, f"{DEATH}/undo", {}).location == "/me", "pressed twice"


def test_undoing_shows_nobody_who_was_hidden_before(session, as_mother, mother):
    homes.hide(session, of(session, mother))
    session.commit()
    post(as_mother, DEATH, REMOVAL)

    post(as_mother, f"{DEATH}/undo", {})

    assert of(session, mother).audience == Audience.NOBODY


def test_never_shows_somebody_again_without_the_password(app, session, mother):
    client = browser(app, mother, is_fresh=False)
    post(client, DEATH, REMOVAL)

    assert post(client, f"{DEATH}/undo", {"password": "wrong"}).status_code == 422
    assert of(session, mother).closed_on is not None


def test_never_keeps_anybody_in_memory_without_a_consent(session, as_mother, mother):
    answer = post(as_mother, DEATH, {"choice": "memory"})

    assert answer.status_code == 422
    assert "Tick the box if you agree" in answer.text
    assert of(session, mother).closed_on is None
    assert " checked" not in as_mother.get(DEATH).text


def test_the_consent_is_kept_in_its_words_and_can_be_withdrawn_at_any_time(session, as_mother, mother):
    post(as_mother, DEATH, MEMORY)
    consent = session.scalars(select(Consent).where(Consent.kind == ConsentKind.REMEMBERED)).one()
    assert consent.wording.startswith("I agree that the person I represent is counted in memory")
    assert consent.wording[:40] in as_mother.get("/me/consents").text
    assert memorial(session, mother).country == "DE"

    post(as_mother, f"{DEATH}/withdraw")

    row = memorial(session, mother)
    assert (row.choice, row.country, row.due_on) == ("removal", None, None)
    assert consent.wording[:40] not in as_mother.get("/me/consents").text


def test_only_a_caregiver_can_choose(as_bob, session, bob):
    assert post(as_bob, DEATH, REMOVAL).location == f"{ALL}/join"
    assert as_bob.get(DEATH).location == f"{ALL}/join"
    assert of(session, bob).closed_on is None


@pytest.mark.parametrize("choice", [MEMORY, REMOVAL], ids=["memory", "removal"])
def test_after_thirty_days_everything_of_the_membership_is_deleted(
    session, connection, config, as_mother, mother, talk, choice
):
    post(as_mother, DEATH, choice)
    days_pass(session, REVERSIBLE.days)
    assert finished(session, connection) == 0
    days_pass(session, 1)
    assert post(as_mother, f"{DEATH}/undo", {}).location == DEATH, "it is too late"

    assert finished(session, connection) == 1

    assert session.scalar(select(func.count()).where(Membership.member_id == mother.id)) == 0
    assert session.scalars(select(ConversationRow)).all() == session.scalars(select(MessageRow)).all() == []
    kinds = session.scalars(select(Consent.kind).where(Consent.member_id == mother.id)).all()
    row = memorial(session, mother)
    if choice is MEMORY:
        assert (kinds, row.is_final, row.country) == (["remembered"], True, "DE")
        assert "counted in memory" in as_mother.get("/me/consents").text
        post(as_mother, f"{DEATH}/withdraw")
        assert memorial(session, mother) is None
        assert session.scalars(select(Consent).where(Consent.member_id == mother.id)).all() == []
    else:
        assert (kinds, row) == ([], None)


def test_everything_can_be_deleted_at_once_and_the_community_joined_again(session, as_mother, mother):
    post(as_mother, DEATH, MEMORY)
    assert "Delete everything now?" in as_mother.get(f"{DEATH}/finish").text

    assert post(as_mother, f"{DEATH}/finish", {"sure": "yes"}).location == "/me"

    assert memorial(session, mother).is_final
    assert as_mother.get(f"{ALL}/join").status_code == 200
    assert as_mother.get(DEATH).location == f"{ALL}/join"


def test_deleting_the_location_deletes_the_country_in_memory(session, as_mother, mother):
    post(as_mother, DEATH, MEMORY)

    post(as_mother, "/me/place/forget", {})

    assert memorial(session, mother).country is None


def test_never_tells_the_other_caregiver_whose_profile_has_gone(
    session, connection, config, app, as_mother, as_father, as_bob, mother, father
):
    """The other hears of it days later, so that nobody can watch whose card goes at that moment."""
    page, card = (
        masked(as_father.get(PERSON).text),
        masked(as_bob.get(f"{ALL}/people/{of(session, father).public_id}").text),
    )

    post(as_mother, DEATH, MEMORY)

    [email] = session.scalars(select(Mail)).all()
    assert (email.recipient, email.kind) == (mother.email, "memorial")
    assert memorial_emails.send_due(connection, config) == 0
    assert masked(as_father.get(PERSON).text) == page
    assert "There is a message for you." not in as_father.get("/me").text
    days_pass(session, 7)
    assert memorial_emails.send_due(connection, config) == 1
    assert memorial_emails.send_due(connection, config) == 0

    email = session.scalars(select(Mail).where(Mail.recipient == father.email)).one()
    assert "Sign in to read" in email.body
    assert "leukaemia" not in f"{email.subject} {email.body}".casefold()
    assert "There is a message for you." in as_father.get("/me").text
    told = as_father.get(PERSON).text
    assert "says that the person has died" in told
    assert "mother" not in told
    assert masked(as_bob.get(f"{ALL}/people/{of(session, father).public_id}").text) == card
    assert of(session, father).counted_since is not None
    # What the first one does from now on is not told.
    post(as_mother, f"{DEATH}/undo", {})
    assert masked(as_father.get(PERSON).text) == masked(told)
    post(as_father, f"{PERSON}/notice")
    assert masked(as_father.get(PERSON).text) == page


def test_never_tells_anybody_of_what_was_undone_before(session, connection, config, as_mother, as_father):
    post(as_mother, DEATH, REMOVAL)
    post(as_mother, f"{DEATH}/undo", {})
    days_pass(session, 7)

    assert memorial_emails.send_due(connection, config) == 0
    assert session.scalars(select(MemorialNoticeRow)).all() == []


def test_the_message_goes_also_to_somebody_who_wants_no_notifications(
    session, connection, config, as_mother, as_father, father
):
    assert post(as_father, "/account/e-mails", {"frequency": "never"}).status_code == 303
    post(as_mother, DEATH, REMOVAL)
    days_pass(session, 7)

    assert memorial_emails.send_due(connection, config) == 1


def test_never_says_in_the_own_file_when_somebody_is_counted_in_memory(as_mother):
    post(as_mother, DEATH, MEMORY)

    file = post(as_mother, "/me/data", {"form": "json"}).text

    assert '"country": "DE"' in file
    assert not re.search('"(due_on|counted_on|person_id)": "[^"]*[0-9]', file)


def test_the_page_of_a_condition_says_how_many_are_remembered_by_country(app, session, condition):
    client = app.test_client()
    put_figures(session, condition, 1, {"world": 210, "DE": 85})
    with as_owner(session):
        session.add(RememberedCount(condition_id=condition.id, release=1, country="DE", shown=15))
        session.commit()

    page = client.get(ALL).text
    assert "<bdi>Germany</bdi>: about 15 people are remembered here" in page
    assert page.count("remembered here") == 1
    assert "remembered here" not in client.get("/conditions/marfan-syndrome").text
