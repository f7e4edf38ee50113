"""What becomes of the rows of the catalogue, and who may do what with them."""

from mapservice.privacy.deletion import no_person
from mapservice.store.declaration import READ, StoreSubject

SUBJECT = StoreSubject(
    plan=(
        no_person("condition", "The catalogue of conditions", "written from public sources"),
        no_person("condition_name", "Names of conditions", "written from public sources"),
        no_person("condition_code", "Codes of conditions", "written from public sources"),
    ),
    rights={
        # Loaded by a command.
        "condition": READ,
        "condition_name": READ,
        "condition_code": READ,
    },
)
