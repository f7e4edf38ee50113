"""Deletion entries and rights of the tables of zones."""

from mapservice.privacy.deletion import PUBLIC_SOURCES, impersonal
from mapservice.store.tables.declaration import READ, StoreSubject
from mapservice.text.marking import marked

SUBJECT = StoreSubject(
    plan=(
        impersonal("zone", marked("The zones of the world"), PUBLIC_SOURCES),
        impersonal("base_feature", marked("The base map"), PUBLIC_SOURCES),
        impersonal("base_tile", marked("The base map, drawn"), PUBLIC_SOURCES),
        impersonal("loaded", marked("Which files are loaded"), marked("hashes of our own files")),
    ),
    rights={
        # Loaded by a command.
        "zone": READ,
        "base_feature": READ,
        "base_tile": READ,
        "loaded": READ,
    },
)
