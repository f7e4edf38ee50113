"""Give the demo member conversations, somebody whom they blocked and reported, and a first message to answer."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from mapservice.actions.report import report
from mapservice.message_keys import MessageKeys
from mapservice.privacy.reports import Excerpt, ReportKind, ReportReason
from mapservice.privacy.visibility import Audience, Role
from mapservice.store.across import demo
from mapservice.store.blocks import blocks
from mapservice.store.messages import conversations, writing
from mapservice.store.tables import Condition, Member, Membership

#: The name of the person who sells something.
SELLER = "Doctor Wonder (invented)"

#: What the other writes and what the member answers, in turns. Each text says that it is invented.
TALK = (
    "Hello, I see that you speak English too. I was diagnosed two years ago. How do you cope at work? (Invented text)",
    "Hello! I told my boss early on, and we found shorter days for a while. How was it for you? (Invented text)",
    "I have not dared to yet. It helps to hear that it went well. May I ask you again before I do? (Invented text)",
)
WAITING = "Good evening, I am new here and would like to talk with somebody who knows this. (Invented text)"
SENT = "Hello, you wrote that you like long walks. So do I. Shall we write to each other? (Invented text)"
LURE = "Dear friend, my drops cured hundreds of people like you. Write to me on [hidden]. (Invented text)"


def invent_conversations(session: Session, member: Member, *, keys: MessageKeys, report_key: bytes) -> None:
    """Give a member conversations in the first condition of the demo, if four invented people there can be seen."""
    condition = demo.first_condition(session)
    people = _people(session, condition)
    if len(people) < 4:
        return
    friend, newcomer, reader, seller = people
    _talk(session, keys, condition, member, friend)
    _write(session, keys, condition, newcomer, member, WAITING)
    _write(session, keys, condition, member, reader, SENT)
    _write(session, keys, condition, seller, member, LURE)
    session.get_one(Membership, (condition.id, seller.id)).pseudonym = SELLER
    excerpts = [Excerpt(SELLER, LURE)]
    selling = ReportKind.MESSAGES, ReportReason.SELLING
    report(session, member, condition, seller.id, *selling, excerpts, key=report_key)
    blocks.block_account(session, member, condition.id, seller.id, name=SELLER)


def _people(session: Session, condition: Condition) -> list[Member]:
    """Return invented people whom all members can see, always the same ones."""
    invented = Member.synthetic, Member.password.is_(None), Membership.role == Role.PERSON
    shown = Membership.condition_id == condition.id, Membership.audience == Audience.MEMBERS
    statement = select(Member).join(Membership, Membership.member_id == Member.id).where(*invented, *shown)
    return list(session.scalars(statement.order_by(Membership.public_id).limit(4)))


def _write(
    session: Session, keys: MessageKeys, condition: Condition, writer: Member, recipient: Member, text: str
) -> None:
    row = writing.begin(session, keys, condition, writer, recipient.id, has_joined=True)
    writing.send_first(session, keys, row, writer, text)


def _talk(session: Session, keys: MessageKeys, condition: Condition, member: Member, friend: Member) -> None:
    first, *answers = TALK
    _write(session, keys, condition, friend, member, first)
    conversation = conversations.find_with(session, member, condition, friend.id)
    if conversation is not None:
        writing.accept(session, conversation, member)
        for number, text in enumerate(answers):
            writer = friend if number % 2 else member
            seen = conversations.get(session, writer, condition, conversation.id, is_locked=True)
            writing.reply(session, keys, seen, writer, text)
