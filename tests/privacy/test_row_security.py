"""The second wall around conversations: PostgreSQL gives a page no row of others, even if a statement asks for all."""

import datetime as dt
import uuid
from functools import partial

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError

from mapservice import db
from mapservice.actions.change_message_keys import change_message_keys
from mapservice.mail import notifications
from mapservice.message_keys import MessageKeys
from mapservice.privacy.messages import ConversationPart
from mapservice.store.across import cleanup
from mapservice.store.messages import conversations, erasure, writing
from mapservice.store.messages.policies import POLICIES
from mapservice.store.tables import Mail, Member
from mapservice.store.tables.messages import ConversationRow, DraftRow, MessageRow, ParticipantRow
from mapservice.store.transactions.row_security import MEMBER, RowTask, acting_for, doing
from testing.accounts import new_member, post, sign_in
from testing.observing import limited

ALL = "/conditions/acute-lymphoblastic-leukaemia"
TEXT = "I have told nobody at work about it yet."
DRAFT = "I have not told my sister either."

TABLES = (ConversationRow, ParticipantRow, MessageRow, DraftRow)


@pytest.fixture
def keys(config):
    return MessageKeys.of(config)


@pytest.fixture
def begun(session, keys, condition, bob, carol):
    """A conversation in which Carol wrote to Bob, and both have typed something since."""
    row = writing.begin(session, keys, condition, carol, bob.id, has_joined=True)
    writing.send_first(session, keys, row, carol, TEXT)
    for member in (bob, carol):
        writing.save_draft(session, keys, row, member, DRAFT)
    session.commit()
    return row


@pytest.fixture
def eve(session):
    """Somebody who takes no part in it."""
    return new_member(session, "eve@example.org", pseudonym="Eve")


@pytest.fixture
def as_eve(app, eve):
    client = app.test_client()
    sign_in(client, eve)
    return client


def counted(session):
    """How many rows of each table there are for this transaction."""
    return [session.scalar(select(func.count()).select_from(table)) for table in TABLES]


@pytest.fixture
def careless(monkeypatch):
    """The statements about conversations forget whose they are, and all of them exist for everybody."""

    def joined(_member):
        me, other = conversations._Me, conversations._Other
        named = select(ConversationRow, me, other, Member.pseudonym, text("'card'"))
        here = (me.condition_id == ConversationRow.condition_id) & (me.conversation_id == ConversationRow.id)
        there = (other.conversation_id == ConversationRow.id) & (other.member_id != me.member_id)
        return named.join(me, here).join(other, there).join(Member, Member.id == other.member_id)

    monkeypatch.setattr(conversations, "_joined", joined)
    monkeypatch.setattr(conversations, "part_of", lambda *_, **__: ConversationPart.ACCEPTED)
    monkeypatch.setattr(conversations, "_exists_for", lambda *_: text("true"))


def pages(client, row):
    address = f"{ALL}/messages/{row.id}"
    return [client.get(page) for page in ("/messages", address, f"{address}/report", f"{address}/delete")]


def test_never_shows_a_page_somebody_elses_conversation_if_its_statement_forgets_whose_it_is(
    session, begun, as_eve, careless
):
    inbox, *others = pages(as_eve, begun)

    assert TEXT not in inbox.text
    assert [page.status_code for page in others] == [404, 404, 404]
    address = f"{ALL}/messages/{begun.id}"
    for form in ({"text": "I am in.", "operation": str(uuid.uuid4())}, {"sure": "yes"}):
        assert post(as_eve, f"{address}/{'reply' if 'text' in form else 'delete'}", form).status_code == 404
    assert session.scalar(select(func.count()).select_from(MessageRow)) == 1


def test_the_first_wall_is_really_down_in_that_test(connection, begun, as_eve, careless):
    connection.exec_driver_sql("reset role")
    for table in POLICIES:
        connection.exec_driver_sql(f"alter table {table} disable row level security")

    inbox, conversation, *_more = pages(as_eve, begun)

    assert TEXT in inbox.text
    assert TEXT in conversation.text


def test_never_gives_a_row_to_a_transaction_that_names_nobody(connection, session, begun, eve):
    everything = counted(session)
    assert everything == [1, 2, 1, 2]
    with limited(connection):
        assert counted(session) == [0, 0, 0, 0]
        session.execute(text(f"select set_config('{MEMBER}', '', true)"))
        assert counted(session) == [0, 0, 0, 0]
        with acting_for(session, eve.id):
            assert counted(session) == [0, 0, 0, 0]
        for member_id in (begun.member_id, *others(session, begun)):
            with acting_for(session, member_id):
                assert counted(session) == [1, 2, 1, 1]
        assert counted(session) == [0, 0, 0, 0]


def others(session, row):
    """The members whom the writer of a conversation sees in it, beside themselves."""
    with acting_for(session, row.member_id):
        return session.scalars(select(ParticipantRow.member_id).where(ParticipantRow.member_id != row.member_id)).all()


def test_never_lets_a_member_change_what_is_not_theirs(connection, session, begun, bob, eve):
    statements = (
        update(ConversationRow).values(state="accepted"),
        delete(ConversationRow),
        update(ParticipantRow).values(has_declined=True),
        delete(ParticipantRow),
        delete(DraftRow),
    )
    with limited(connection):
        with acting_for(session, eve.id):
            assert [session.connection().execute(statement).rowcount for statement in statements] == [0] * 5
        with acting_for(session, bob.id):
            # His own row in it, and his own draft.
            assert [session.connection().execute(statement).rowcount for statement in statements[2:3]] == [1]
            assert session.connection().execute(statements[4]).rowcount == 1
    session.expire_all()
    assert counted(session) == [1, 2, 1, 1]


@pytest.mark.parametrize(
    ("table", "name"), [(MessageRow, "eve"), (ParticipantRow, "eve"), (DraftRow, "bob"), (MessageRow, "bob")]
)
def test_never_lets_a_member_write_into_a_conversation_of_others_or_in_their_name(
    connection, session, begun, bob, eve, table, name
):
    place = {"condition_id": begun.condition_id, "conversation_id": begun.id}
    more = {
        MessageRow: {"number": 7, "encrypted": b""},
        ParticipantRow: {"has_joined": False},
        DraftRow: {"encrypted": b""},
    }
    named = {"eve": eve, "bob": bob}[name]
    with limited(connection), acting_for(session, eve.id):
        nested = session.begin_nested()
        session.add(table(**place, member_id=named.id, **more[table]))
        with pytest.raises(DBAPIError, match="row-level security"):
            session.flush()
        nested.rollback()


def test_the_tasks_of_the_service_read_no_message(connection, session, begun):
    with limited(connection):
        with doing(session, RowTask.CHANGE_KEYS):
            assert counted(session) == [1, 0, 0, 0]
        with doing(session, RowTask.DELETE_EXPIRED):
            assert counted(session) == [1, 0, 0, 0]
            assert session.connection().execute(update(ConversationRow).values(messages=9)).rowcount == 0
    session.execute(update(ConversationRow).values(state="accepted"))
    with limited(connection), doing(session, RowTask.DELETE_EXPIRED):
        assert counted(session) == [0, 0, 0, 0]


def test_the_worker_does_its_tasks_behind_the_wall(connection, session, config, begun, bob, keys):
    """It changes the keys of all conversations, tells members of news, and deletes what nobody answered."""
    session.execute(text("update member set confirmed_at = now() - interval '1 day'"))
    session.execute(text("update pending_notification set due_at = now(), since = now() - interval '2 hours'"))
    session.commit()
    old = begun.key_id
    now = dt.datetime.now(dt.UTC)
    with limited(connection):
        done = change_message_keys(partial(db.transaction, connection), keys, now, is_asked=True)
        told = notifications.send_due(connection, config)
    assert done.conversations == 1
    session.expire_all()
    assert begun.key_id != old
    assert told == 1
    assert session.scalars(select(Mail.recipient)).one() == bob.email

    session.execute(text("update conversation set active_at = now() - interval '99 days'"))
    session.commit()
    with limited(connection), db.transaction(connection) as worker:
        assert erasure.delete_expired(worker) >= 1
    assert counted(session) == [0, 0, 0, 0]


def test_an_account_that_was_locked_too_long_is_deleted_with_its_conversations(connection, session, config, begun, bob):
    session.execute(update(ConversationRow).values(state="accepted"))
    bob.locked_on = dt.date(2020, 1, 1)
    session.commit()

    with limited(connection), db.transaction(connection) as worker:
        cleanup.delete_expired(worker, config)

    assert counted(session) == [0, 0, 0, 0]
