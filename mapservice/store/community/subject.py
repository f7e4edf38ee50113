"""Deletion entries and rights of the tables of communities."""

from mapservice.privacy.deletion import WITH_MEMBER, personal
from mapservice.store.tables.declaration import WRITE, StoreSubject
from mapservice.text.marking import marked

SUBJECT = StoreSubject(
    plan=(
        personal(
            "membership",
            marked(
                "The communities you joined, what you show in each or showed before you hid, and a random number "
                "that links what you hid at the same time"
            ),
            WITH_MEMBER,
            secret=("salt",),
            comes_back=True,
        ),
        personal(
            "consent",
            marked("The consents you gave, for which zone while they are in force, and the consents you withdrew"),
            WITH_MEMBER,
            comes_back=True,
        ),
    ),
    rights={
        "membership": WRITE,
        "consent": WRITE,
    },
)
