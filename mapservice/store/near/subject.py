"""The declaration of people near a member: it has no table, because nothing is stored."""

from mapservice.store.tables.declaration import StoreSubject

SUBJECT = StoreSubject()
