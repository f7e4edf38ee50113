"""Deletion entries and rights of the tables of the catalogue."""

from mapservice.privacy.deletion import PUBLIC_SOURCES, impersonal
from mapservice.store.tables.declaration import READ, StoreSubject
from mapservice.text.marking import marked

SUBJECT = StoreSubject(
    plan=(
        impersonal("condition", marked("The catalogue of conditions"), PUBLIC_SOURCES),
        impersonal("condition_name", marked("Names of conditions"), PUBLIC_SOURCES),
        impersonal("condition_code", marked("Codes of conditions"), PUBLIC_SOURCES),
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
