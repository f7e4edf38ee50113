"""Deletion entries and rights of the tables of the operator."""

from mapservice.privacy.deletion import impersonal
from mapservice.store.tables.declaration import WRITE, StoreSubject
from mapservice.text.marking import marked

_BY_STAFF = marked("written by staff about the service, never about a member")

SUBJECT = StoreSubject(
    plan=(
        impersonal("service_setting", marked("Settings of the service, such as its name and colour"), _BY_STAFF),
        impersonal("service_text", marked("Texts of the people who run the service, with earlier versions"), _BY_STAFF),
        impersonal("service_picture", marked("The logo of the service"), _BY_STAFF),
    ),
    rights={
        "service_setting": WRITE,
        # Versions are added, and never changed.
        "service_text": {"SELECT": (), "INSERT": ("kind", "language", "number", "source")},
        "service_picture": {"SELECT": (), "INSERT": (), "DELETE": ()},
    },
)
