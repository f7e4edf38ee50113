"""Deletion entries and rights of the tables of blocks."""

from mapservice.privacy.deletion import personal
from mapservice.store.tables.declaration import WRITE, StoreSubject
from mapservice.text.marking import marked

_WITH_EITHER = marked("deleted with the account of either person")

SUBJECT = StoreSubject(
    plan=(
        personal(
            "block",
            marked(
                "The people you blocked: in which community, the name you saw then, and whether you blocked them on "
                "all your maps. Not who has blocked you"
            ),
            _WITH_EITHER,
            of_others=("blocked_id",),
            comes_back=True,
        ),
        personal(
            "block_elsewhere",
            marked(
                "In which other communities your blocks hold, because both of you use the name of your account there"
            ),
            _WITH_EITHER,
            of_others=("blocked_id",),
            is_told=False,
            comes_back=True,
        ),
    ),
    rights={"block": WRITE, "block_elsewhere": {"SELECT": (), "INSERT": (), "DELETE": ()}},
)
