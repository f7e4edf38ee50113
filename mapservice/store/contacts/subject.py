"""Deletion entries and rights of the table of contacts."""

import datetime as dt

from sqlalchemy.orm import Session

from mapservice.privacy.deletion import personal
from mapservice.store.contacts import contacts, my_contacts
from mapservice.store.tables import Member
from mapservice.store.tables.declaration import WRITE, StoreSubject
from mapservice.text.marking import marked


def _waits(session: Session, member: Member) -> bool:
    return bool(my_contacts.questions(session, member, dt.datetime.now(dt.UTC).date()))


SUBJECT = StoreSubject(
    plan=(
        personal(
            "contact",
            marked(
                "Your contacts in each community, and the people you asked to become one or refused. Not what others "
                "have chosen about you"
            ),
            marked(
                "deleted with the account, when either of you leaves the community, deletes the conversation or blocks "
                "the other"
            ),
            of_others=("contact_id",),
            comes_back=True,
        ),
    ),
    rights={"contact": WRITE},
    readers={"contact": my_contacts.rows},
    news={contacts.NEWS: _waits},
)
