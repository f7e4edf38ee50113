"""Deletion entries, rights and cleanup of reports and suspensions."""

import datetime as dt

from mapservice.privacy.deletion import WITH_MEMBER, personal
from mapservice.store.reports import reports
from mapservice.store.tables.declaration import WRITE, StoreSubject
from mapservice.text.marking import marked

SUBJECT = StoreSubject(
    plan=(
        personal(
            "report",
            marked(
                "The reports that you made: in which community, why, and what came of it. What you sent with it is "
                "encrypted, and only moderators can read it. We delete a report 90 days after the decision. Not who "
                "has reported you"
            ),
            marked("deleted with the account of either person"),
            of_others=("reported_id",),
            secret=("content",),
            comes_back=True,
        ),
        personal(
            "suspension",
            marked("That your account is suspended, and since when"),
            WITH_MEMBER,
            secret=("act", "public_id"),
            comes_back=True,
        ),
    ),
    readers={"report": reports.rows_for_file},
    rights={"report": WRITE, "suspension": WRITE},
    cleanup=(lambda session, _config: reports.delete_expired(session, dt.datetime.now(dt.UTC).date()),),
)
