"""Deletion entries, rights and cleanup of the tables of texts."""

import datetime as dt

from mapservice.privacy.deletion import WITH_MEMBER, personal
from mapservice.store.tables.declaration import WRITE, StoreSubject
from mapservice.store.texts import drafts, searching, writing
from mapservice.text.marking import marked

SUBJECT = StoreSubject(
    plan=(
        personal(
            "member_text",
            marked(
                "The texts that you wrote, such as stories and answers in the forum: what they say, who can read each, "
                "on which day you wrote it and what became of it. We delete a text 30 days after you withdraw it"
            ),
            marked(
                "deleted when you leave the community, and with the account unless you choose to keep them without "
                "your name"
            ),
            comes_back=True,
        ),
        personal("text_draft", marked("What you typed for a text and did not publish"), WITH_MEMBER, comes_back=True),
        personal(
            "text_thanks", marked("The texts that you thanked for; nobody sees this"), WITH_MEMBER, comes_back=True
        ),
        personal(
            "public_text",
            marked("Copies of the texts that you made public, as visitors read them"),
            marked("each is deleted with its text, and when nobody else can read that any longer"),
            comes_back=True,
        ),
    ),
    rights={
        "member_text": WRITE,
        "public_text": WRITE,
        "text_draft": WRITE,
        "text_thanks": {"SELECT": (), "INSERT": (), "DELETE": ()},
    },
    searched=(searching.SOURCE,),
    cleanup=(
        lambda session, _config: writing.delete_expired(session, dt.datetime.now(dt.UTC).date()),
        lambda session, _config: drafts.delete_expired(session, dt.datetime.now(dt.UTC).date()),
    ),
)
