"""Deletion entries and rights of the tables of communities."""

from mapservice.privacy.deletion import WITH_MEMBER, impersonal, personal
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
        impersonal(
            "consent_wording",
            marked("The wordings of consents, each stored once for everyone"),
            marked("they contain nothing about a person: zones and numbers are stored with each consent"),
        ),
    ),
    rights={
        "membership": WRITE,
        "consent": WRITE,
        # The words in which consents were given stay as they are.
        "consent_wording": {"SELECT": (), "INSERT": ()},
    },
)
