"""All subjects of the store, and their declarations combined."""

from collections.abc import Sequence

from mapservice.privacy.deletion import Entry
from mapservice.store.accounts import subject as accounts
from mapservice.store.blocks import subject as blocks
from mapservice.store.care import subject as care
from mapservice.store.catalogue import subject as catalogue
from mapservice.store.community import subject as community
from mapservice.store.contacts import subject as contacts
from mapservice.store.figures import subject as figures
from mapservice.store.forum import subject as forum
from mapservice.store.knowledge import subject as knowledge
from mapservice.store.messages import subject as messages
from mapservice.store.near import subject as near
from mapservice.store.notifications import subject as notifications
from mapservice.store.operator import subject as operator
from mapservice.store.places import subject as places
from mapservice.store.profiles import subject as profiles
from mapservice.store.reports import subject as reports
from mapservice.store.search import subject as search
from mapservice.store.site import subject as site
from mapservice.store.tables.declaration import READ, Policy, Reader, Rights
from mapservice.store.texts import subject as texts
from mapservice.store.zones import subject as zones

# Those with rows of members, in the order in which members see their data.
_OF_MEMBERS = (
    accounts,
    places,
    community,
    care,
    profiles,
    texts,
    forum,
    near,
    messages,
    contacts,
    notifications,
    blocks,
    reports,
)

#: All subjects.
SUBJECTS = tuple(
    module.SUBJECT for module in (*_OF_MEMBERS, figures, site, operator, knowledge, search, catalogue, zones)
)

_ENTRIES: tuple[Entry, ...] = tuple(entry for subject in SUBJECTS for entry in subject.plan)

#: The deletion plan: first the tables with rows of a person.
PLAN: tuple[Entry, ...] = tuple(sorted(_ENTRIES, key=lambda entry: not entry.person))

#: The plan by table.
ENTRIES: dict[str, Entry] = {entry.table: entry for entry in PLAN}

#: The rights of the role of the pages on every table of the database.
RIGHTS: dict[str, Rights] = {"alembic_version": READ}
for _subject in SUBJECTS:
    RIGHTS |= _subject.rights

#: The rights of the role of the pages on the views that policies read.
VIEW_RIGHTS: dict[str, Rights] = {}
for _subject in SUBJECTS:
    VIEW_RIGHTS |= _subject.views

#: The policies of row-level security by table. All other tables have none.
POLICIES: dict[str, Sequence[Policy]] = {}
for _subject in SUBJECTS:
    POLICIES |= _subject.policies

#: The functions that return the rows of a member for their own file, of tables that cannot be read as they are stored.
READERS: dict[str, Reader] = {}
for _subject in SUBJECTS:
    READERS |= _subject.readers

#: Whether news of a kind still waits for a member, by kind.
NEWS = {kind: waits for subject in SUBJECTS for kind, waits in subject.news.items()}

#: The texts that the search finds.
SEARCHED = tuple(source for subject in SUBJECTS for source in subject.searched)

#: The functions that delete expired rows.
CLEANUP = tuple(delete for subject in SUBJECTS for delete in subject.cleanup)
