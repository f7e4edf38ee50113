"""Deletion entries and rights of the table of profiles."""

from mapservice.privacy.deletion import WITH_MEMBER, personal
from mapservice.store.tables.declaration import WRITE, StoreSubject
from mapservice.text.marking import marked

SUBJECT = StoreSubject(
    plan=(
        personal(
            "profile",
            marked(
                "What you say in each community about yourself, and as a caregiver about the person you represent, and "
                "who can read each part of it"
            ),
            WITH_MEMBER,
            comes_back=True,
        ),
    ),
    rights={"profile": WRITE},
)
