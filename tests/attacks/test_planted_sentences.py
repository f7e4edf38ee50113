"""Fifty sentences that two people write to each other are nowhere in what the service and the database leave behind."""

import base64
import io
import secrets
import uuid

import pytest
from sqlalchemy import text

from bench.attacks import service
from bench.attacks.files import found, watched
from mapservice import logs
from mapservice.geo.zones import Level
from mapservice.privacy.visibility import Audience
from mapservice.store.catalogue import conditions
from mapservice.store.community import memberships
from mapservice.store.tables import Mail
from testing.accounts import new_member, post
from testing.locations import put

SENTENCES = 50


def forms(word: str) -> list[bytes]:
    """A word as a file could hold it: in UTF-8 and UTF-16, in hex, in base64 whatever stands before it."""
    held = []
    for packed in (word.encode(), word.encode("utf-16-le"), word.encode("utf-16-be")):
        held += [packed, packed.hex().encode(), packed.hex().upper().encode()]
        for before in range(3):
            letters = base64.b64encode(b"\0" * before + packed)
            held.append(letters[-(-before * 8 // 6) : (before + len(packed)) * 8 // 6])
    return held


def write_all(app, session, words):
    """Two people write a first message, drafts, replies, and what is refused; each sentence has one of the words."""
    condition = conditions.get(session, service.PAGE.rpartition("/")[2])
    people = []
    for name in ("heron", "stork"):
        member = new_member(session, f"{name}@example.org", pseudonym=name)
        put(session, member, condition, "DE", level=Level.COUNTRY, audience=Audience.CONDITION)
        people.append(member)
    browsers = [service.browser(app, member) for member in people]
    address = f"{service.PAGE}/people/{memberships.get(session, people[1], condition).public_id}/write"
    session.commit()

    def send(browser, path, word):
        form = {"text": f"I have told nobody about {word} yet.", "operation": str(uuid.uuid4())}
        return post(browser, path, form)

    remaining = iter(words)
    assert send(browsers[0], f"{address}/draft", next(remaining)).status_code == 303
    assert post(browsers[0], address, {"text": next(remaining), "operation": str(uuid.uuid4())}).status_code == 422
    conversation = send(browsers[0], address, next(remaining)).location
    assert post(browsers[1], f"{conversation}/accept").status_code == 303
    for number, word in enumerate(remaining):
        path = f"{conversation}/{'draft' if number % 5 == 0 else 'reply'}"
        assert send(browsers[number % 2], path, word).status_code == 303
    for browser in browsers:
        assert words[-1] in browser.get(conversation).text
        assert browser.get("/messages").status_code == 200
        assert browser.get(f"{conversation}/{words[0]}").status_code == 404
    return conversation


def test_never_leaves_a_sentence_in_dump_files_log_of_writes_logs_or_mail(context):
    words = [f"qzxvqz{secrets.token_hex(3)}" for _ in range(SENTENCES)]
    needles = [form for word in words for form in forms(word)]
    stream = io.StringIO()

    with service.service(context) as (app, session, connection), watched(context.state, connection) as files:
        logs.configure(stream)
        write_all(app, session, words)
        dumped = service.dump(connection).encode().lower()
        emails = "".join(f"{email.subject} {email.body}" for email in session.query(Mail)).encode()
        hits = [found(needles, held) for held in (dumped, emails, stream.getvalue().encode())]

        assert hits == [set(), set(), set()]
        assert files.hits(needles) == 0


@pytest.mark.parametrize(
    "stored", ["cast(:text as bytea)", "convert_to(encode(cast(:text as bytea), 'base64'), 'utf-8')"]
)
def test_a_sentence_that_is_stored_as_it_was_written_is_found(context, stored):
    word = f"qz{secrets.token_hex(3)}"
    planted = f"I have told nobody about {word} yet.".encode()

    with service.service(context) as (app, session, connection), watched(context.state, connection) as files:
        write_all(app, session, [f"qz{secrets.token_hex(3)}" for _ in range(5)])
        assert files.hits(forms(word)) == 0
        session.execute(text(f"update message set encrypted = {stored}"), {"text": planted})
        session.commit()

        assert files.hits(forms(word)) > 0
