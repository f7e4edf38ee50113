"""What becomes of the rows of communities, and who may do what with them."""

from mapservice.privacy.deletion import WITH_MEMBER, of_member
from mapservice.store.declaration import WRITE, StoreSubject
from mapservice.text.marking import marked

SUBJECT = StoreSubject(
    plan=(
        of_member(
            "membership",
            marked(
                "The conditions you joined, and what you show in each, or showed before you hid; and a random number "
                "for what you hid together"
            ),
            WITH_MEMBER,
            secret=("salt",),
        ),
        of_member(
            "consent",
            marked("What you agreed to, for which zone as long as it stands, and what you took back"),
            WITH_MEMBER,
        ),
    ),
    rights={
        "membership": WRITE,
        "consent": WRITE,
    },
)
