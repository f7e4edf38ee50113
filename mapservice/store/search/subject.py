"""The declaration of the search, which has no tables: the words by which a text is found are in the text's own row."""

from mapservice.store.tables.declaration import StoreSubject

SUBJECT = StoreSubject()
