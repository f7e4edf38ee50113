"""Names that read from right to left leave the words around them where they are."""

import pytest

from mapservice.i18n import bidi
from mapservice.store.community import memberships
from mapservice.store.figures.audit_log import Act, add_entry
from testing.accounts import new_member, sign_in

HEBREW = "דוד 3 (team)"
ALL = "/conditions/acute-lymphoblastic-leukaemia"


def test_the_name_on_a_card_is_isolated(session, bob, as_alice, condition):
    bob.pseudonym = HEBREW
    membership = memberships.find(session, bob, condition)
    membership.audience = "members"
    session.commit()

    page = as_alice.get(f"{ALL}/people/{membership.public_id}", headers={"Accept": "text/html"}).text

    assert f"<h1><bdi>{HEBREW}</bdi>" in page


def test_names_and_purposes_of_staff_are_isolated(session, as_bob, dan):
    dan.pseudonym = HEBREW
    add_entry(session, Act.EXPORT, dan, "figures", release=1, form="csv", purpose="<b>מחקר</b>")
    session.commit()

    page = as_bob.get("/exports").text

    assert f"<bdi>{HEBREW}</bdi>" in page
    assert "<bdi>&lt;b&gt;מחקר&lt;/b&gt;</bdi>" in page


def test_a_condition_is_isolated_in_a_sentence_and_in_the_title(as_bob, condition):
    page = as_bob.get(f"{ALL}/join").text

    assert f"<bdi>{condition.name}</bdi></h1>" in page
    assert f"\u2068{condition.name}\u2069" in page.partition("</title>")[0]


@pytest.mark.parametrize("nothing", ["", None])
def test_nothing_stays_nothing(nothing):
    assert bidi.bdi(nothing) == bidi.isolate(nothing) == ""


def test_a_name_is_never_markup(client, session):
    member = new_member(session, "bob@example.org", pseudonym="<i>Bob</i>")
    sign_in(client, member)

    assert "<i>Bob" not in client.get("/account").text
    assert bidi.bdi("<i>") == "<bdi>&lt;i&gt;</bdi>"
