"""Deletion entries and rights of the tables of notifications."""

from mapservice.privacy.deletion import WITH_MEMBER, personal
from mapservice.store.tables.declaration import WRITE, StoreSubject
from mapservice.text.marking import marked

SUBJECT = StoreSubject(
    plan=(
        personal(
            "notification_setting",
            marked("How often you want e-mail notifications, and when we sent the last one"),
            WITH_MEMBER,
            secret=("off_token",),
            comes_back=True,
        ),
        personal(
            "pending_notification",
            marked("That there is something new for you, but not what it is"),
            marked("deleted once the e-mail is sent or is not needed, otherwise with the account"),
            comes_back=False,
        ),
    ),
    rights={"notification_setting": WRITE, "pending_notification": WRITE},
)
