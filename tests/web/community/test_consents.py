"""Each consent stands by itself, and is taken back with one click that takes effect at once."""

import datetime as dt
import uuid

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from mapservice.geo.zones import Level, level_of
from mapservice.privacy.precision import offered_level
from mapservice.privacy.visibility import Audience
from mapservice.store.community import consents
from mapservice.store.places import home_zones
from mapservice.store.tables import Consent, CountedMember, HomeZone, Membership
from mapservice.store.zones import tree
from mapservice.web.community.consents import COUNTED, DONE, THANKS
from testing.accounts import post, sign_in
from testing.locations import put
from tests.counts import count_rows, people_in

ALL = "/conditions/acute-lymphoblastic-leukaemia"


def join(client, **fields):
    form = {"role": "person", "consent": "yes", "operation": str(uuid.uuid4()), **fields}
    return post(client, f"{ALL}/join", form)


def save(client, zone, **fields):
    form = {"zone": zone, "audience": "condition", "finer": "yes", "operation": str(uuid.uuid4()), **fields}
    return post(client, f"{ALL}/place", form)


def revoke(client, kind):
    """Take a consent back; where that is to leave, say yes to the question."""
    answer = post(client, f"{ALL}/revoke", {"kind": kind})
    if answer.location == f"{ALL}/leave":
        return post(client, answer.location, {"sure": "yes"})
    return answer


def membership_of(session, member):
    statement = select(Membership).where(Membership.member_id == member.id)
    return session.scalars(statement.execution_options(populate_existing=True)).one_or_none()


def consents_in_force(session, member):
    rows = select(Consent.kind).where(Consent.member_id == member.id, Consent.revoked_at.is_(None))
    return set(session.scalars(rows))


@pytest.fixture
def connection(owner_connection):
    """With the rights of who makes releases, so that a test can count somebody."""
    return owner_connection


@pytest.fixture
def shown(as_alice, freiburg, rare):
    """A browser of Alice, who is counted, and shown finer than is offered."""
    join(as_alice, counted="yes")
    save(as_alice, freiburg)
    return as_alice


@pytest.fixture
def rare(session, condition):
    """The condition as one of which few live in an area."""
    condition.prevalence = 1.0
    session.commit()
    return condition


def test_nobody_is_counted_who_did_not_say_so(session, as_alice, alice):
    assert 'name="counted" value="yes" > I agree' in as_alice.get(f"{ALL}/join").text

    join(as_alice)

    assert membership_of(session, alice).counted_since is None
    assert "counted" not in consents_in_force(session, alice)


def test_who_joins_may_be_counted_without_being_shown(session, as_alice, alice):
    join(as_alice, counted="yes")

    membership = membership_of(session, alice)
    assert (membership.audience, membership.counted_since) == ("nobody", dt.datetime.now(dt.UTC).date())
    assert session.scalars(select(Consent.wording).where(Consent.kind == "counted")).one() == str(COUNTED)


def test_saying_it_again_keeps_the_first_day(session, as_alice, alice):
    join(as_alice, counted="yes")
    membership_of(session, alice).counted_since = dt.date(2026, 1, 1)
    session.commit()

    join(as_alice, counted="yes", role="caregiver")

    assert membership_of(session, alice).counted_since == dt.date(2026, 1, 1)


def test_taking_the_tick_away_ends_being_counted(session, as_alice, alice):
    join(as_alice, counted="yes")
    join(as_alice)

    assert membership_of(session, alice).counted_since is None
    assert "counted" not in consents_in_force(session, alice)


def test_a_member_is_counted_from_the_page_of_consents_once_the_box_is_ticked(session, as_alice, alice):
    join(as_alice)

    post(as_alice, f"{ALL}/count")
    assert membership_of(session, alice).counted_since is None
    post(as_alice, f"{ALL}/count", {"counted": "yes"})
    assert membership_of(session, alice).counted_since is not None


def flashed(client):
    return client.get("/me/consents").text


@pytest.mark.parametrize("kind", ["counted", "joined"])
@pytest.mark.parametrize("was_counted", [True, False])
def test_never_says_whether_somebody_was_in_a_count(session, shown, alice, condition, kind, was_counted):
    if was_counted:
        session.add(CountedMember(condition_id=condition.id, member_id=alice.id, changed_on=dt.date(2026, 1, 1)))
        session.commit()
    revoke(shown, kind)
    said = flashed(shown)
    join(shown)
    flashed(shown)

    post(shown, f"{ALL}/count", {"counted": "yes"})

    assert str(DONE[kind]) in said
    assert str(THANKS) in flashed(shown)


def test_every_standing_consent_is_on_the_page_in_its_words_with_its_button(session, shown, alice):
    page = shown.get("/me/consents").text

    assert consents_in_force(session, alice) == {"joined", "shown", "finer", "counted"}
    for kind, wording in session.execute(select(Consent.kind, Consent.wording)):
        assert all(part in page for part in wording.replace("{figure}", "{zone}").split("{zone}"))
        assert f'name="kind" value="{kind}"' in page


def test_counted_is_taken_back_at_once_and_nothing_else(session, shown, alice, condition):
    session.add(CountedMember(condition_id=condition.id, member_id=alice.id, changed_on=dt.date(2026, 1, 1)))
    session.commit()

    revoke(shown, "counted")

    assert membership_of(session, alice).counted_since is None
    assert session.scalar(select(func.count()).select_from(CountedMember)) == 0
    assert consents_in_force(session, alice) == {"joined", "shown", "finer"}
    assert people_in(session, "DE") == 1


def test_shown_is_taken_back_at_once_without_a_password_and_the_zone_is_kept(app, session, shown, alice, freiburg):
    old = app.test_client()
    sign_in(old, alice, is_fresh=False)

    assert revoke(old, "shown").status_code == 303

    membership = membership_of(session, alice)
    assert (membership.audience, membership.shown_zone) == ("nobody", freiburg)
    assert people_in(session, "DE") == 0
    assert consents_in_force(session, alice) == {"joined", "counted"}
    assert membership.counted_since is not None


def test_finer_is_taken_back_to_the_level_that_is_offered(app, session, shown, alice, freiburg, rare):
    offered = offered_level(tree.path(session, freiburg), rare.prevalence)
    old = app.test_client()
    sign_in(old, alice, is_fresh=False)

    assert revoke(old, "finer").status_code == 303

    membership = membership_of(session, alice)
    assert level_of(membership.shown_zone) is offered is not Level.AREA
    assert membership.audience == "condition"
    assert home_zones.home(session, alice).zone_id == freiburg
    counted = {level_of(zone) for _, zone, *_ in count_rows(session) if zone.startswith("DE")}
    assert max(counted, key=list(Level).index) is offered
    assert "finer" not in consents_in_force(session, alice)


def test_joined_is_taken_back_by_leaving(session, shown, alice):
    revoke(shown, "joined")

    assert membership_of(session, alice) is None
    assert consents_in_force(session, alice) == set()
    assert session.scalar(select(func.count()).select_from(HomeZone)) == 0


def test_what_was_taken_back_is_history_with_its_month(shown):
    revoke(shown, "counted")

    page = shown.get("/me/consents").text
    assert "Withdrawn" in page
    assert f"withdrawn in {dt.datetime.now(dt.UTC):%B %Y}" in page


@pytest.mark.parametrize("kind", ["", "taking_part", "everything"])
def test_nothing_else_can_be_taken_back(as_alice, kind):
    assert revoke(as_alice, kind).status_code == 422


def test_never_takes_back_the_consent_of_somebody_else(session, as_alice, bob):
    assert revoke(as_alice, "joined").status_code == 303

    assert membership_of(session, bob).audience == "condition"


@pytest.mark.parametrize("way", ["no place", "forget"])
def test_who_is_off_the_map_has_not_agreed_to_be_on_it(session, shown, alice, way):
    if way == "forget":
        post(shown, "/me/place/forget")
    else:
        save(shown, "")

    assert consents_in_force(session, alice) == {"joined", "counted"}


def test_never_keeps_where_somebody_is_counted_whose_place_is_forgotten(session, shown, alice, condition):
    row = CountedMember(condition_id=condition.id, member_id=alice.id, country="DE", region="DE.1",
                        changed_on=dt.date(2026, 1, 1))  # fmt: skip
    session.add(row)
    session.commit()

    post(shown, "/me/place/forget")

    session.refresh(row)
    assert (row.country, row.region) == (None, None)
    assert row.changed_on > dt.date(2026, 1, 1)


def test_never_keeps_that_somebody_was_counted_who_left(session, shown, alice, condition):
    session.add(CountedMember(condition_id=condition.id, member_id=alice.id, changed_on=dt.date(2026, 1, 1)))
    session.commit()

    post(shown, f"{ALL}/leave", {"sure": "yes"})

    assert session.scalar(select(func.count()).select_from(CountedMember)) == 0


def test_being_counted_stays_as_it_is_for_others(session, shown, bob, condition):
    put(session, bob, condition, "DE", level=Level.COUNTRY, audience=Audience.MEMBERS)
    session.add(
        CountedMember(condition_id=condition.id, member_id=bob.id, country="DE", changed_on=dt.date(2026, 1, 1))
    )
    session.commit()

    post(shown, "/me/place/forget")
    revoke(shown, "counted")

    assert session.scalars(select(CountedMember.country)).one() == "DE"


def test_never_stores_a_consent_of_an_unknown_kind(session, alice):
    with pytest.raises(IntegrityError, match="ck_consent_kind"):
        consents.agree(session, alice, None, "anything", "I agree.")
