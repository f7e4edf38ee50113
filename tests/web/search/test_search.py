"""The page of the search: what each reader finds, filters, pages, marks, and what to do when nothing is found."""

import datetime as dt
import re
import uuid

import pytest

from mapservice import create_app
from mapservice.privacy.visibility import Audience
from mapservice.store.blocks import blocks
from mapservice.store.tables import Membership
from mapservice.store.tables.texts import MemberText
from mapservice.web.search import pages
from testing.accounts import CHEAP, new_member, post, sign_in
from testing.locations import put
from tests.web.places.place_forms import ALL
from tests.web.search.test_cases import results

TELL = f"{ALL}/stories/tell"
SAID = {
    "title": "The bruises on my legs",
    "first_signs": "I was nineteen, and always tired. My trumpet stayed in its case.",
    "audience": "condition",
    "language": "en",
}


@pytest.fixture
def app(config, connection):
    return create_app(config, engine=connection, TESTING=True, LIMITS=False, **CHEAP)


@pytest.fixture
def as_fellow(app, session, condition, freiburg):
    """Another member of the community."""
    client, member = app.test_client(), new_member(session, "fellow@example.org", pseudonym="Fellow")
    put(session, member, condition, freiburg, level="area", audience=Audience.CONDITION)
    sign_in(client, member)
    return client


def tell(client, **fields) -> str:
    """Send a story; the address of its page."""
    address = post(client, TELL, {"operation": str(uuid.uuid4()), **SAID, **fields}).location
    assert address
    return address


def find(client, words: str, **filters: str) -> str:
    """The page of a search."""
    answer = client.get("/search", query_string={"q": words, **filters})
    assert answer.status_code == 200
    return answer.text


def is_found(client, address: str, words: str = "trumpet") -> bool:
    return address in results(find(client, words))


def test_never_finds_a_story_for_other_people_than_its_author_chose(client, as_bob, as_fellow, as_neighbour):
    address = tell(as_bob)

    assert [is_found(who, address) for who in (as_bob, as_fellow, as_neighbour, client)] == [True, True, False, False]
    nothing, at_all = find(client, "trumpet"), find(client, "trumpettt")
    assert nothing.replace("trumpet", "") == at_all.replace("trumpettt", "")

    edit = f"{ALL}/texts/{address.rpartition('/')[2]}/edit"
    post(as_bob, edit, {**SAID, "audience": "public"})

    assert all(is_found(who, address) for who in (as_bob, as_fellow, as_neighbour, client))


def test_never_finds_what_was_withdrawn_or_changed(client, as_bob, as_fellow):
    address = tell(as_bob, audience="public")
    text = address.rpartition("/")[2]
    assert is_found(client, address)

    post(
        as_bob, f"{ALL}/texts/{text}/edit", {**SAID, "audience": "public", "first_signs": "I was nineteen, and slept."}
    )
    assert not any(is_found(who, address) for who in (client, as_fellow, as_bob))
    assert is_found(client, address, "nineteen slept")

    post(as_bob, f"{ALL}/texts/{text}/withdraw")
    assert not any(is_found(who, address, "nineteen slept") for who in (client, as_fellow, as_bob))


def test_a_held_story_is_found_by_its_author_alone_who_sees_that(client, as_bob, as_fellow):
    address = tell(as_bob, audience="public", first_signs="My trumpet CURED me. Contact doctor Wonder, he healed me!")

    assert [is_found(who, address) for who in (as_bob, as_fellow, client)] == [True, False, False]
    assert "Only you can see this yet" in find(as_bob, "trumpet")


def test_never_finds_a_story_of_somebody_who_is_apart(client, session, condition, bob, as_bob, as_fellow):
    address, other = tell(as_bob), tell(as_bob, pen_name="Night Owl", title="The nurses knew my trumpet")
    fellow = session.query(Membership).filter(Membership.member_id != bob.id).one()

    blocks.block(session, bob, fellow, name=None)
    session.commit()

    assert not is_found(as_fellow, address)
    assert is_found(as_fellow, other)


def add(session, condition, number: int, **values) -> None:
    day = dt.date(2026, 1, 1) + dt.timedelta(days=number)
    defaults = {"kind": "story", "state": "shown", "audience": "members", "language": "en", "title": f"Story {number}"}
    session.add(MemberText(condition_id=condition.id, written_on=day, **{**defaults, "body": "A trumpet.", **values}))
    session.flush()


def test_results_have_pages_and_filters_without_javascript(client, session, condition, alice):
    sign_in(client, alice)
    for number in range(12):
        add(session, condition, number)
    add(
        session,
        condition,
        20,
        kind="experience",
        topic="diet",
        title="",
        body="Una trompeta y una trumpet.",
        language="es",
    )

    first, second = find(client, "trumpet"), find(client, "trumpet", page="2")
    assert (len(results(first)), len(results(second))) == (10, 3)
    assert not set(results(first)) & set(results(second))
    assert "There are no more results." in find(client, "trumpet", page="3")
    assert "There are no more results." in find(client, "trumpet", page=str(10**30))
    assert len(results(find(client, "trumpet", kind="experience"))) == 1
    assert len(results(find(client, "trumpet", written_in="es"))) == 1
    assert len(results(find(client, "trumpet", condition=condition.slug))) == 10
    assert "We found nothing with these filters" in find(client, "trumpet", condition="marfan-syndrome")
    assert "selected>Español" in find(client, "trumpet", written_in="es")
    # Neither a number of texts, nor of pages that says how many there are.
    assert not re.search(r"1[23] ", first.partition("<main")[2].partition("Filter")[0])


@pytest.mark.parametrize("filters", [{"kind": "x"}, {"written_in": "xx"}, {"condition": "no-such"}, {"page": "-3"}])
def test_a_filter_that_does_not_exist_is_like_none(client, session, condition, alice, filters):
    sign_in(client, alice)
    add(session, condition, 1)

    assert len(results(find(client, "trumpet", **filters))) == 1


def test_never_makes_an_element_of_what_somebody_wrote(client, session, condition, alice):
    sign_in(client, alice)
    hostile = "<img src=x onerror=alert(1)> trumpet \ue000</p><script>alert(2)</script>\ue001 & <b>bold</b>"
    add(session, condition, 1, title=hostile[:110], body=hostile)
    main = find(client, "trumpet bold").partition("<main")[2]

    assert "<mark>trumpet</mark>" in main
    assert not re.search(r"<(img|b)\b|onerror=alert\(1\)>|alert\(2\)</script>", main)
    assert "\ue000" not in main


def test_an_excerpt_is_shown_only_where_the_text_is_shown_without_a_warning(client, session, condition, alice):
    sign_in(client, alice)
    add(session, condition, 1, body="A trumpet at the funeral.", content_notes=["death"])
    page = find(client, "trumpet funeral")

    assert "It mentions:" in page
    assert "funeral.</p>" not in page


def test_the_words_asked_for_are_in_the_form_and_nothing_is_indexed_by_others(client):
    page = find(client, 'a "b" <c>')

    assert 'value="a &#34;b&#34; &lt;c&gt;"' in page
    assert '<meta name="robots" content="noindex">' in page


def test_never_logs_what_somebody_searched_for(app, monkeypatch, capfd):
    def fail(request):
        raise RuntimeError(request.words)

    monkeypatch.setattr(pages.results, "search", fail)
    app.config["PROPAGATE_EXCEPTIONS"] = False

    assert app.test_client().get("/search?q=trumpet").status_code == 500
    written = "".join(capfd.readouterr())
    assert "search.show" in written
    assert "trumpet" not in written


def test_codes_of_other_systems_find_a_condition(client):
    for code in ("C91.0", "ICD-10 C91.0", "cie10: c91.0", "OMIM 219700", "MONDO:0009061"):
        assert results(find(client, code)), code
    assert results(find(client, "mondo 0009061"))[0] == "/conditions/cystic-fibrosis"
