"""Deletion entries and rights of the tables of facts and articles."""

from mapservice.privacy.deletion import PUBLIC_SOURCES, WITH_MEMBER, impersonal, personal
from mapservice.store.knowledge import article_follows, feedback, searching
from mapservice.store.tables import article_feedback, articles, source_links
from mapservice.store.tables.declaration import READ, WRITE, StoreSubject
from mapservice.text.marking import marked

_FORGOTTEN = marked("deleted with the account. After a restore from a backup we have forgotten all of them")

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
        impersonal(
            articles.ArticleVersion.__tablename__,
            marked("Articles about conditions, in all their versions"),
            marked("written about a condition, never about a member; another table says who wrote it"),
        ),
        personal(
            articles.ArticleSignature.__tablename__,
            marked(
                "The articles that you wrote or reviewed, with the name, the profession and the conflicts of interest "
                "that you gave for each"
            ),
            marked("deleted with the account; the article stays, and says “a former editor”"),
            comes_back=True,
        ),
        personal(
            articles.Editor.__tablename__,
            marked("The conditions and languages for which you are an editor"),
            WITH_MEMBER,
            comes_back=True,
        ),
        personal(
            article_feedback.ArticleHelped.__tablename__,
            marked("The articles of which you said that they helped; nobody sees this"),
            _FORGOTTEN,
            comes_back=False,
        ),
        personal(
            article_feedback.ArticleRemark.__tablename__,
            marked(
                "What you wrote to editors about something wrong in an article, and whether they can see your name. We "
                "delete it 30 days after an editor is done with it"
            ),
            _FORGOTTEN,
            comes_back=False,
        ),
        impersonal(
            source_links.SourceLink.__tablename__,
            marked("Whether the links to the sources of articles answered when they were checked"),
            marked("written about pages of others, never about a member"),
        ),
        personal(
            "article_follow",
            marked("The conditions whose articles you follow, and how far you have read what is new"),
            _FORGOTTEN,
            comes_back=False,
        ),
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
        "source_link": READ,
        # A version is added, and never changed but for its state.
        "article_version": {"SELECT": (), "INSERT": (), "UPDATE": ("state", "decided_on")},
        "article_signature": {"SELECT": (), "INSERT": (), "UPDATE": ("member_id", "name", "profession", "conflicts")},
        "editor": {"SELECT": (), "INSERT": (), "DELETE": ()},
        "article_helped": {"SELECT": (), "INSERT": (), "DELETE": ()},
        "article_remark": WRITE,
        "article_follow": WRITE,
    },
    cleanup=(lambda session, _config: feedback.delete_expired(session),),
    news={article_follows.NEWS: lambda session, member: article_follows.unseen(session, member) > 0},
    searched=(searching.SOURCE,),
)
