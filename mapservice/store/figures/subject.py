"""Deletion entries, rights and cleanup of the tables of figures."""

from mapservice.privacy.deletion import Fate, impersonal, personal
from mapservice.store.tables.declaration import NOTHING, READ, StoreSubject
from mapservice.text.marking import marked

SUBJECT = StoreSubject(
    plan=(
        personal(
            "counted_member",
            marked(
                "In which communities you are already counted, and where. The file says only that you agreed to "
                "be counted. With the date, someone with many accounts could find out who else is counted"
            ),
            marked("deleted with the membership"),
            is_told=False,
            comes_back=True,
        ),
        impersonal(
            "count_bucket",
            marked("What the next published statistics depend on"),
            marked("numbers only; calculated again from the people counted at that time"),
            fate=Fate.LOWERED,
            deadline=marked("the next release"),
        ),
        impersonal(
            "ledger_entry",
            marked(
                "Which published statistics were exported, by which member of staff and why; which staff pages were "
                "viewed, and which settings of the service were changed"
            ),
            marked("only what staff did, never what members did; members have a right to read it"),
            fate=Fate.KEPT,
            deadline=marked("3 years"),
        ),
        impersonal(
            "released_count", marked("Published statistics"), marked("rounded and blurred numbers that show no person")
        ),
        impersonal(
            "remembered_bucket",
            marked("What the next published numbers of people who are remembered depend on"),
            marked("numbers only; calculated again from the people who are remembered at that time"),
            fate=Fate.LOWERED,
            deadline=marked("the next release"),
        ),
        impersonal(
            "remembered_count",
            marked("Published numbers of people who are remembered, by country"),
            marked("rounded and blurred numbers that show no person"),
        ),
        impersonal("release", marked("Which releases there are"), marked("a number and a date of the service")),
    ),
    rights={
        # The pages may remove somebody from the count, and never add anybody.
        "counted_member": {"SELECT": (), "DELETE": (), "UPDATE": ("country", "region", "changed_on")},
        "count_bucket": NOTHING,
        # Entries are added and never changed; the database sets their time.
        "ledger_entry": {
            "SELECT": (),
            "INSERT": ("id", "actor", "staff", "act", "subject", "release", "format", "purpose"),
        },
        "released_count": READ,
        "remembered_bucket": NOTHING,
        "remembered_count": READ,
        # Releases are made by a command.
        "release": READ,
    },
)
