"""Deletion entries and rights of the table of profiles."""

from mapservice.privacy.deletion import WITH_MEMBER, personal
from mapservice.store.tables.declaration import WRITE, StoreSubject
from mapservice.text.marking import marked

SUBJECT = StoreSubject(
    plan=(
        personal(
            "profile",
            marked("What you say about yourself in each community, and who can read each part of it"),
            WITH_MEMBER,
            comes_back=True,
        ),
    ),
    rights={"profile": WRITE},
)
