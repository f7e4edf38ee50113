"""What members say about a question: adding it, reading it on the page of the question, and the two orders."""

import datetime as dt
import json
import re
import uuid

import pytest
from sqlalchemy import select

from mapservice.i18n.dates import today
from mapservice.store.tables.texts import MemberText, TextThanks
from testing.accounts import new_member, post
from tests.web.places.place_forms import ALL
from tests.web.texts.stories import app, as_fellow

__all__ = ["app", "as_fellow"]

QUESTION = f"{ALL}/questions/diet"
ADD, LIST = f"{QUESTION}/experience/add", f"{QUESTION}/experience"
SAID = {"body": "I eat small meals, five times a day.", "audience": "condition", "language": "en"}


def add(client, **fields):
    return post(client, ADD, {"operation": str(uuid.uuid4()), **SAID, **fields})


def test_an_experience_is_read_on_the_page_of_its_question(client, session, as_bob, as_fellow, as_neighbour):
    answer = add(as_bob)
    row = session.scalars(select(MemberText)).one()
    assert answer.location == f"{LIST}#text-{row.id}"

    for page in (QUESTION, LIST):
        shown = as_fellow.get(page).text
        assert SAID["body"] in shown
        assert "experience, not advice" in shown
        assert SAID["body"] not in as_neighbour.get(page).text
    assert SAID["body"] not in as_fellow.get(f"{ALL}/questions/travel").text
    assert SAID["body"] not in client.get(QUESTION).text
    assert SAID["body"] not in client.get(LIST).text
    add(as_bob, audience="public", body="Soup at night, for everyone.")
    assert all("Soup at night" in client.get(page).text for page in (QUESTION, LIST))
    assert SAID["body"] not in client.get(LIST).text


def qa_page(client, question):
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', client.get(question).text, re.DOTALL)
    return next((data for data in map(json.loads, found) if data["@type"] == "QAPage"), None)


def test_search_engines_read_public_experience_and_its_days_without_a_name(client, session, as_bob, as_fellow):
    empty = f"{ALL}/questions/travel"
    add_here = f"{empty}/experience/add"
    assert (qa_page(client, empty), '<meta name="robots"' in client.get(empty).text) == (None, True)
    post(as_bob, add_here, {"operation": str(uuid.uuid4()), **SAID, "audience": "members"})
    assert qa_page(client, empty) is None

    said = {**SAID, "audience": "public", "body": "I pack everything twice, ask +34 91 555 01 23."}
    post(as_bob, add_here, {"operation": str(uuid.uuid4()), **said})

    row = session.scalars(select(MemberText).filter_by(audience="public")).one()
    page = client.get(f"/en{empty}").text
    data = qa_page(client, f"/en{empty}")
    assert data["url"] == f"http://localhost/en{empty}"
    assert data["mainEntity"]["answerCount"] == 1
    assert data["mainEntity"]["name"] == "Can you travel with Acute lymphoblastic leukaemia?"
    assert data["mainEntity"]["suggestedAnswer"] == [
        {
            "@type": "Answer",
            "text": "I pack everything twice, ask [hidden].",
            "datePublished": str(row.written_on),
            "inLanguage": "en",
            "url": f"http://localhost/en{empty}#text-{row.id}",
        }
    ]
    assert f'id="text-{row.id}"' in page
    assert '<meta name="robots"' not in page
    assert f"/en{empty}</loc><lastmod>{row.written_on}<" in client.get("/sitemaps/1.xml").text
    assert qa_page(as_fellow, empty) is None

    post(as_bob, f"{ALL}/texts/{row.id}/withdraw")
    assert qa_page(client, f"/en{empty}") is None
    assert f"/en{empty}</loc>" not in client.get("/sitemaps/1.xml").text


def test_an_experience_can_be_changed_and_withdrawn(session, as_bob, as_fellow):
    add(as_bob)
    own = f"{ALL}/texts/{session.scalars(select(MemberText.id)).one()}"
    assert SAID["body"] in as_bob.get(f"{own}/edit").text

    assert post(as_bob, f"{own}/edit", {**SAID, "body": "Now six, and soup at night."}).status_code == 303
    assert "soup at night" in as_fellow.get(QUESTION).text
    post(as_bob, f"{own}/withdraw", {})
    assert "soup at night" not in as_fellow.get(QUESTION).text


def test_what_was_typed_is_kept_for_each_question(as_bob):
    post(as_bob, f"{ADD}/draft", SAID)

    assert SAID["body"] in as_bob.get(ADD).text
    assert SAID["body"] not in as_bob.get(ADD.replace("diet", "travel")).text
    assert f'href="{ADD}"' in as_bob.get("/me/texts").text


def test_a_question_that_does_not_exist_has_no_experience(as_bob):
    assert as_bob.get(ADD.replace("diet", "made-up")).status_code == 404
    assert add(as_bob, title="No title here").status_code == 422


def test_too_short_and_too_long_are_sent_back_with_what_was_typed(as_bob):
    assert add(as_bob, body="Soup.").status_code == 422
    long = add(as_bob, body="soup " * 601)
    assert (long.status_code, "This is 4 characters too long." in long.text) == (422, True)


@pytest.fixture
def five(session, bob, condition) -> list[MemberText]:
    """Five texts, the first of which is the oldest and got most thanks."""
    rows = []
    for number in range(5):
        row = MemberText(
            condition_id=condition.id, member_id=bob.id, kind="experience", topic="diet", state="shown",
            audience="members", language="en", body=f"Meal number {number}.",
            written_on=today() - dt.timedelta(days=5 - number),
        )  # fmt: skip
        session.add(row)
        rows.append(row)
    session.flush()
    for number in range(3):
        thankful = new_member(session, f"thankful{number}@example.org")
        for row in rows[: 3 - number]:
            session.add(TextThanks(condition_id=condition.id, text_id=row.id, member_id=thankful.id))
    session.commit()
    return rows


def order(page: str) -> list[int]:
    return [int(part[0]) for part in page.split("Meal number ")[1:]]


def test_from_five_on_they_are_counted_and_can_be_ordered_by_thanks(session, as_fellow, five):
    page = as_fellow.get(LIST).text
    assert "5 experiences that you can read" in page
    assert order(page) == [4, 3, 2, 1, 0]
    by_thanks = order(as_fellow.get(f"{LIST}?order=thanks").text)
    assert by_thanks[:3] == [0, 1, 2]
    assert set(by_thanks[3:]) == {3, 4}
    assert "5 experiences" in as_fellow.get(f"{ALL}/questions/travel").text

    five[4].state = "held"
    session.commit()

    page = as_fellow.get(f"{LIST}?order=thanks").text
    assert "that you can read" not in page
    assert order(page) == [3, 2, 1, 0]
    assert "4 experiences" not in as_fellow.get(f"{ALL}/questions/travel").text


def test_never_orders_texts_of_one_day_by_when_they_were_written(session, as_fellow, five):
    for row in five:
        row.written_on = today()
    session.commit()

    assert order(as_fellow.get(LIST).text) == [five.index(row) for row in sorted(five, key=lambda row: row.id)]
