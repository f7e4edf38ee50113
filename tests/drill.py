"""The drill of a restore: everything that members can take back, each done after the backup was made.

Whoever adds a function that lets members take something back adds it here; a test looks for those that are missing.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from mapservice.actions.withdraw_consent import withdraw_consent
from mapservice.privacy.care import SpeaksAs
from mapservice.privacy.consents import ConsentKind
from mapservice.privacy.memorials import AfterDeath
from mapservice.privacy.notifications import NotificationFrequency
from mapservice.privacy.profiles import MemberProfile
from mapservice.privacy.texts import MemberTextKind, TextAudience, Words
from mapservice.privacy.visibility import Audience, Role
from mapservice.questions import ArticleState, ArticleText, QuestionKind
from mapservice.store.accounts import email_changes, members, minors, passkeys, second_factors, staff
from mapservice.store.blocks import blocks
from mapservice.store.care import codes, memorials, speakers
from mapservice.store.community import consents, memberships
from mapservice.store.contacts import contacts
from mapservice.store.knowledge import articles, editors
from mapservice.store.messages import conversations, erasure, message_settings, writing
from mapservice.store.messages.conversations import Conversation
from mapservice.store.notifications import notifications
from mapservice.store.places import homes, zone_counts
from mapservice.store.profiles import profiles
from mapservice.store.reports import suspensions
from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.tables.texts import MemberText
from mapservice.store.texts import held
from mapservice.store.texts import writing as texts
from mapservice.store.texts.writing import NewText

KEY = bytes.fromhex("a0" * 32)

Act = Callable[[Session, Member, Membership], object]


@dataclass(frozen=True)
class Drill:
    """Something that is taken back: by which ``function`` of the store, and how.

    With ``is_of_conversation`` it is about a conversation that somebody began with the member, with ``is_of_text``
    about a text of the member, who then hides too.
    """

    function: str
    act: Act
    is_deleted: bool = False
    is_of_conversation: bool = False
    is_of_text: bool = False


def _delete(session: Session, member: Member, _membership: Membership) -> None:
    members.delete_account(session, member)


def _remove_passkey(session: Session, member: Member, _membership: Membership) -> None:
    passkeys.remove(session, member, passkeys.listed(session, member)[0].id)


def _withdraw(session: Session, member: Member, membership: Membership) -> None:
    withdraw_consent(session, member, membership, ConsentKind.SHOWN, key=KEY)


def _rename_here(session: Session, member: Member, membership: Membership) -> None:
    condition = session.get_one(Condition, membership.condition_id)
    memberships.join(session, member, condition, Role(membership.role), pseudonym="Another", for_minor=False)


def _change_email(session: Session, member: Member, _membership: Membership) -> None:
    change = email_changes.begin(session, member, "moved@example.org")
    assert email_changes.confirm(session, member, change) is email_changes.Confirmation.DONE


def _say_under_18(session: Session, member: Member, _membership: Membership) -> None:
    minors.protect(session, member, dt.date(2099, 1, 1), today=dt.date(2026, 11, 27))


def _other(session: Session, mine: Membership) -> Membership:
    others = Membership.condition_id == mine.condition_id, Membership.member_id != mine.member_id
    return session.scalars(select(Membership).where(*others).limit(1)).one()


def _block(session: Session, member: Member, mine: Membership) -> None:
    blocks.block(session, member, _other(session, mine), name="Other")


def _end_contact(session: Session, member: Member, mine: Membership) -> None:
    two = member.id, _other(session, mine).member_id
    contacts.agree(session, mine.condition_id, *two)
    contacts.end(session, mine.condition_id, *two)


def _dismiss_editor(session: Session, member: Member, mine: Membership) -> None:
    condition = session.get_one(Condition, mine.condition_id)
    assert editors.appoint(session, member, condition, "en")
    assert editors.dismiss(session, member, condition, "en")


def _withdraw_article(session: Session, _member: Member, mine: Membership) -> None:
    key = articles.ArticleKey(mine.condition_id, QuestionKind.TRAVEL, "en")
    number = articles.save(session, key, 0, ArticleText("Some can."))
    assert number is not None
    saved = articles.get(session, key, number)
    assert saved is not None
    articles.set_state(session, saved.version, ArticleState.WITHDRAWN)
    homes.hide(session, mine)


def _care(session: Session, membership: Membership) -> None:
    """Let a membership speak for somebody else."""
    with zone_counts.counted(session, [membership]):
        membership.role = Role.CAREGIVER


def _pair(session: Session, _member: Member, mine: Membership) -> None:
    other = session.scalars(
        select(Membership)
        .join(Member, Member.id == Membership.member_id)
        .where(Membership.condition_id == mine.condition_id, Member.pseudonym == "Name 0")
    ).one()
    for membership in (mine, other):
        _care(session, membership)
    codes.enter(session, other, codes.make(session, mine, SpeaksAs.CAREGIVER))
    assert codes.confirm(session, mine)


def _speak_for_nobody(session: Session, _member: Member, mine: Membership) -> None:
    speakers.get(session, mine).is_shared = True
    speakers.forget(session, mine)


def _close(session: Session, member: Member, mine: Membership, choice: AfterDeath = AfterDeath.REMOVAL) -> None:
    _care(session, mine)
    memorials.close(session, member, mine, choice, dt.date(2026, 11, 27))


def _close_and_reopen(session: Session, member: Member, mine: Membership) -> None:
    _close(session, member, mine)
    row = memorials.find(session, mine)
    assert row is not None
    memorials.reopen(session, mine, row)


def _withdraw_from_memory(session: Session, member: Member, mine: Membership) -> None:
    _close(session, member, mine, AfterDeath.MEMORY)
    memorials.withdraw(session, member, session.get_one(Condition, mine.condition_id))


def _asked(session: Session, member: Member) -> Conversation:
    [conversation] = conversations.list_for_member(session, member)
    return conversation


def _decline(session: Session, member: Member, mine: Membership) -> None:
    writing.decline(session, _asked(session, member), member)
    homes.hide(session, mine)


def _erase(session: Session, member: Member, mine: Membership) -> None:
    erasure.erase(session, mine.condition_id, _asked(session, member).id)
    homes.hide(session, mine)


def _erase_all(session: Session, member: Member, mine: Membership) -> None:
    erasure.erase_all_in(session, member.id, mine.condition_id)
    homes.hide(session, mine)


def _suspend_and_lift(session: Session, member: Member, _membership: Membership) -> None:
    suspensions.suspend(session, member)
    suspensions.lift(session, member)


def _stop_notifications(session: Session, member: Member, _membership: Membership) -> None:
    notifications.choose(session, member, NotificationFrequency.NEVER)


def _text(session: Session, member: Member, mine: Membership) -> MemberText:
    """Hide somebody, and return their text."""
    homes.hide(session, mine)
    return session.scalars(select(MemberText).where(MemberText.member_id == member.id)).one()


def _change_text(session: Session, member: Member, mine: Membership) -> None:
    text = NewText(MemberTextKind.STORY, Words("Title", body="Other words"), TextAudience.CONDITION, "en")
    texts.change(session, _text(session, member, mine), text, ())


DRILLS = (
    Drill("email_changes._move", _change_email),
    Drill("blocks.block_account", _block),
    Drill("zone_counts.counted", lambda session, _member, mine: homes.hide(session, mine)),
    Drill("zone_counts.counted", lambda session, _member, mine: homes.show_to(session, mine, Audience.NOBODY)),
    Drill("zone_counts.counted", lambda session, _member, mine: homes.show_to(session, mine, Audience.CONDITION)),
    Drill("zone_counts.counted", lambda session, _member, mine: homes.take_off(session, mine)),
    Drill("zone_counts.counted", lambda session, member, _mine: homes.forget(session, member)),
    Drill("homes._end_consents", lambda session, _member, mine: homes.show_to_nobody(session, mine)),
    Drill("memberships.leave", lambda session, _member, mine: memberships.leave(session, mine)),
    Drill("memberships.stop_counting", lambda session, _member, mine: memberships.stop_counting(session, mine)),
    Drill("memberships.join", _rename_here),
    Drill("consents.revoke", _withdraw),
    Drill("consents.revoke", lambda session, member, mine: consents.stop_counting(session, member, mine)),
    Drill("minors.protect", _say_under_18),
    Drill("profiles.save", lambda session, _member, mine: profiles.save(session, mine, MemberProfile())),
    Drill(
        "message_settings.choose",
        lambda session, _member, mine: message_settings.choose(session, mine, Audience.NOBODY, dt.date(2026, 11, 27)),
    ),
    Drill("writing.decline", _decline, is_of_conversation=True),
    Drill("erasure.erase", _erase, is_of_conversation=True),
    Drill("codes.confirm", _pair),
    Drill("speakers.end", lambda session, _member, mine: speakers.end(session, mine)),
    Drill("speakers.forget", _speak_for_nobody),
    Drill("memorials.close", _close),
    Drill("memorials.reopen", _close_and_reopen),
    Drill("memorials._forget", _withdraw_from_memory),
    Drill("erasure._take_out", _erase_all, is_of_conversation=True),
    Drill("writing.withdraw", lambda *who: texts.withdraw(who[0], _text(*who), dt.date(2026, 11, 27)), is_of_text=True),
    Drill("writing.erase", lambda *who: texts.erase(who[0], _text(*who)), is_of_text=True),
    Drill("writing.change", _change_text, is_of_text=True),
    Drill("held.remove", lambda *who: held.remove(who[0], _text(*who), "It sells."), is_of_text=True),
    Drill("notifications._switch_off", _stop_notifications),
    Drill("contacts.end", _end_contact),
    Drill("editors.dismiss", _dismiss_editor),
    Drill("articles.set_state", _withdraw_article),
    Drill("members.rename", lambda session, member, _mine: members.rename(session, member, "Another")),
    Drill("members.set_password", lambda _session, member, _mine: members.set_password(member, "new hash")),
    Drill("members.delete_account", _delete, is_deleted=True),
    Drill("suspensions.suspend", lambda session, member, _mine: suspensions.suspend(session, member)),
    Drill("suspensions.lift", _suspend_and_lift),
    Drill("staff.dismiss", lambda session, member, _mine: staff.dismiss(session, member, staff.ADMIN)),
    Drill("passkeys.remove", _remove_passkey),
    Drill("passkeys.remove_all", lambda session, member, _mine: passkeys.remove_all(session, member)),
    Drill("second_factors.remove", lambda session, member, _mine: second_factors.remove(session, member)),
)
