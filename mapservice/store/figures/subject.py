"""What becomes of the rows of figures, and who may do what with them."""

from mapservice.privacy.deletion import Fate, no_person, of_member
from mapservice.store.declaration import NOTHING, READ, StoreSubject

SUBJECT = StoreSubject(
    plan=(
        of_member(
            "counted_member",
            "In which conditions you are counted already, and where. The file says only that you agreed to be counted: "
            "from many accounts, somebody could find out by the day who else is counted",
            "goes with the membership",
            is_told=False,
        ),
        no_person(
            "count_bucket",
            "What the next published figure depends on",
            "numbers only; made anew from those who are counted then",
            fate=Fate.LOWERED,
            deadline="the next release",
        ),
        no_person(
            "ledger_entry",
            "Which published figures were handed out, by whom and what for",
            "only what staff did, never what members did; members have a right to read it",
            fate=Fate.KEPT,
            deadline="3 years",
        ),
        no_person("released_count", "Published figures", "rounded and blurred numbers that show no person"),
        no_person("release", "Which releases there are", "a number and a date of the service"),
    ),
    rights={
        # Pages may take somebody out of the count, and never in.
        "counted_member": {"SELECT": (), "DELETE": (), "UPDATE": ("country", "region", "changed_on")},
        "count_bucket": NOTHING,
        # Lines are added and never changed; the moment is the database's own.
        "ledger_entry": {
            "SELECT": (),
            "INSERT": ("id", "actor", "staff", "act", "subject", "release", "format", "purpose"),
        },
        "released_count": READ,
        # Releases are made by a command.
        "release": READ,
    },
)
