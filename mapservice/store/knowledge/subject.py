"""Deletion entries and rights of the tables of facts."""

from mapservice.privacy.deletion import PUBLIC_SOURCES, impersonal
from mapservice.store.tables.declaration import READ, StoreSubject
from mapservice.text.marking import marked

SUBJECT = StoreSubject(
    plan=(
        impersonal("phenotype_term", marked("Names of symptoms"), PUBLIC_SOURCES),
        impersonal("plain_name", marked("Names of symptoms in plain words"), PUBLIC_SOURCES),
        impersonal("source_entry", marked("Names of diseases in our sources"), PUBLIC_SOURCES),
        impersonal("source_release", marked("The versions of our sources"), PUBLIC_SOURCES),
        impersonal("condition_fact", marked("What our sources say about conditions"), PUBLIC_SOURCES),
        impersonal("condition_crosswalk", marked("Codes of conditions in other systems"), PUBLIC_SOURCES),
        impersonal("curated_symptom", marked("Symptoms that we chose from public pages"), PUBLIC_SOURCES),
        impersonal("prevalence_source", marked("Where numbers on how common conditions are come from"), PUBLIC_SOURCES),
        impersonal("orphanet_release", marked("The versions of our sources"), PUBLIC_SOURCES),
        impersonal("orphanet_gene", marked("What our sources say about conditions"), PUBLIC_SOURCES),
        impersonal("orphanet_symptom", marked("What our sources say about conditions"), PUBLIC_SOURCES),
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
        "orphanet_release": READ,
        "orphanet_gene": READ,
        "orphanet_symptom": READ,
    },
)
