"""What becomes of the rows of the zone tree, and who may do what with them."""

from mapservice.privacy.deletion import no_person
from mapservice.store.declaration import READ, StoreSubject

SUBJECT = StoreSubject(
    plan=(
        no_person("zone", "The zones of the world", "written from public sources"),
        no_person("base_feature", "The base map", "written from public sources"),
        no_person("base_tile", "The base map, drawn", "written from public sources"),
        no_person("loaded", "Which files are loaded", "hashes of our own files"),
    ),
    rights={
        # Loaded by a command.
        "zone": READ,
        "base_feature": READ,
        "base_tile": READ,
        "loaded": READ,
    },
)
