"""Deletion entries and rights of the tables of facts."""

from mapservice.privacy.deletion import impersonal
from mapservice.store.tables.declaration import READ, StoreSubject
from mapservice.text.marking import marked

_PUBLIC = marked("written from public sources")

SUBJECT = StoreSubject(
    plan=(
        impersonal("phenotype_term", marked("Names of symptoms"), _PUBLIC),
        impersonal("plain_name", marked("Names of symptoms in plain words"), _PUBLIC),
        impersonal("source_entry", marked("Names of diseases in our sources"), _PUBLIC),
        impersonal("source_release", marked("The versions of our sources"), _PUBLIC),
        impersonal("condition_fact", marked("What our sources say about conditions"), _PUBLIC),
        impersonal("condition_crosswalk", marked("Codes of conditions in other systems"), _PUBLIC),
        impersonal("curated_symptom", marked("Symptoms that we chose from public pages"), _PUBLIC),
        impersonal("prevalence_source", marked("Where numbers on how common conditions are come from"), _PUBLIC),
    ),
    rights={
        # Written by a command only.
        "phenotype_term": READ,
        "plain_name": READ,
        "source_entry": READ,
        "source_release": READ,
        "condition_fact": READ,
        "condition_crosswalk": READ,
        "curated_symptom": READ,
        "prevalence_source": READ,
    },
)
