"""Deletion entries, rights and cleanup of the tables of conversations."""

from mapservice.privacy.deletion import WITH_MEMBER, Fate, impersonal, personal
from mapservice.store.messages import conversations, erasure, my_messages, policies, writing
from mapservice.store.tables.declaration import WRITE, StoreSubject
from mapservice.text.marking import marked

SUBJECT = StoreSubject(
    plan=(
        personal(
            "conversation",
            marked(
                "The conversations you started, and the key of each, which is encrypted with a key outside the "
                "database and changes every month"
            ),
            marked("deleted with the account, for both of you; a first message without an answer after 60 days"),
            secret=("wrapped_key",),
            comes_back=True,
        ),
        personal(
            "participant",
            marked("The conversations that you are part of, and up to where you have read; nobody else sees that"),
            WITH_MEMBER,
            comes_back=True,
        ),
        personal(
            "message",
            marked("What you wrote to others, and what they wrote to you while the conversation exists, encrypted"),
            marked("deleted with the account, for both of you"),
            comes_back=True,
        ),
        personal(
            "draft",
            marked("What you typed in a conversation and did not send, encrypted"),
            WITH_MEMBER,
            comes_back=True,
        ),
        personal("message_settings", marked("Who can write to you in each community"), WITH_MEMBER, comes_back=True),
        personal(
            "first_message",
            marked("When you wrote to someone new in the last 24 hours, but not who it was"),
            WITH_MEMBER,
            comes_back=False,
        ),
        personal(
            "accepted_count",
            marked("How many people accepted your first message, up to three"),
            WITH_MEMBER,
            comes_back=True,
        ),
        impersonal(
            "message_key",
            marked("Which keys encrypt conversations, and since when each is no longer needed"),
            marked("it has the names of the keys only; the keys are not in the database"),
            fate=Fate.STAYS,
        ),
    ),
    rights={
        "conversation": WRITE,
        "participant": WRITE,
        "message": WRITE,
        "draft": WRITE,
        "message_settings": WRITE,
        "first_message": WRITE,
        "accepted_count": WRITE,
        "message_key": WRITE,
    },
    policies=policies.POLICIES,
    views=policies.VIEWS,
    cleanup=(lambda session, _config: erasure.delete_expired(session),),
    readers=my_messages.READERS,
    news={writing.NEWS: lambda session, member: conversations.unread(session, member) > 0},
)
