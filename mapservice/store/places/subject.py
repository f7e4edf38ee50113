"""Deletion entries and rights of the tables of locations."""

from mapservice.privacy.deletion import AT_ONCE, WITH_MEMBER, Fate, impersonal, personal
from mapservice.store.places import home_zones
from mapservice.store.tables.declaration import WRITE, StoreSubject
from mapservice.text.marking import marked

SUBJECT = StoreSubject(
    plan=(
        personal(
            "home_zone",
            marked("Your location: the zone you chose, since when, and how often you corrected it"),
            WITH_MEMBER,
            comes_back=True,
        ),
        impersonal(
            "zone_count",
            marked("How many people are shown in a zone"),
            marked("numbers only; each was one higher while the member was shown"),
            fate=Fate.LOWERED,
            deadline=AT_ONCE,
        ),
        impersonal(
            "zone_count_change",
            marked("Changes to these numbers in the last second"),
            marked("numbers only; they are added to the counts within about a second"),
            fate=Fate.EXPIRES,
            deadline=marked("about a second"),
        ),
        impersonal(
            "zone_count_version",
            marked("Whether these numbers have changed"),
            marked("one number for each condition and audience, which grows with every change"),
        ),
    ),
    rights={
        "home_zone": WRITE,
        "zone_count": WRITE,
        "zone_count_change": WRITE,
        "zone_count_version": WRITE,
    },
    cleanup=(lambda session, _config: home_zones.forget_old_changes(session),),
)
