"""Deletion entries and rights of the tables of the catalogue."""

from mapservice.privacy.deletion import impersonal
from mapservice.store.tables.declaration import READ, StoreSubject
from mapservice.text.marking import marked

SUBJECT = StoreSubject(
    plan=(
        impersonal("condition", marked("The catalogue of conditions"), marked("written from public sources")),
        impersonal("condition_name", marked("Names of conditions"), marked("written from public sources")),
        impersonal("condition_code", marked("Codes of conditions"), marked("written from public sources")),
    ),
    rights={
        # The catalogue is written by a command only; the operator adds conditions, and chooses which are offered.
        "condition": {
            "SELECT": (),
            "INSERT": ("slug", "name", "summary", "prevalence", "is_offered", "is_own"),
            "UPDATE": ("is_offered",),
        },
        "condition_name": {"SELECT": (), "INSERT": ()},
        "condition_code": READ,
    },
)
