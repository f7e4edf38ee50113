"""The forms and addresses of knowledge, as tests of every route send them."""

from sqlalchemy.orm import Session

from mapservice.questions import ArticleText, QuestionKind
from mapservice.store.knowledge.article_follows import follow
from mapservice.store.knowledge.articles import AUTHOR, ArticleKey, Signature, get, newest, save, sign
from mapservice.store.knowledge.feedback import note_helped, remark
from mapservice.store.tables import Condition, Member
from mapservice.store.tables.articles import Editor


def leave_traces(session: Session, member: Member, condition: Condition) -> None:
    """Add what the tables of articles may hold of a member who is an editor."""
    session.add(Editor(condition_id=condition.id, language="en", member_id=member.id))
    key = ArticleKey(condition.id, QuestionKind.DIET, "en")
    before = newest(session, key)
    number = save(session, key, before.version.number if before else 0, ArticleText("A short answer."))
    signed = get(session, key, number or 0)
    if signed is not None:
        sign(session, signed.version, AUTHOR, member, Signature("Leavercanary"))
    note_helped(session, member, key)
    follow(session, member, condition)
    remark(session, member, key, number or 0, "Leavercanary says that the second sentence is wrong.", shows_name=True)


_ARTICLE = {"short": "An answer.", "body": "", "next_steps": "", "author": "An Editor", "base": "0"}

#: What each route that writes is sent: a form that it would take.
FORMS: dict[str, dict[str, str]] = {
    "articles.save": _ARTICLE,
    "articles.decide_about": {"decision": "submit", "number": "1"},
    "articles.review": {"name": "A Reviewer", "profession": "Nurse", "conflicts": "none", "sure": "yes", "number": "1"},
    "articles.restore": {"number": "1"},
    "article_feedback.say_helped": {"helped": "yes"},
    "article_feedback.send": {"body": "The second sentence is out of date.", "shows_name": "yes"},
    "article_feedback.withdraw": {},
    "article_follows.follow": {"place": "articles"},
    "article_follows.unfollow": {"place": "articles"},
    "article_follows.seen": {"changes": "1"},
    "remarks.mark": {"done": "yes"},
    "editors.appoint": {"email": "nobody@example.org", "condition": "cystic-fibrosis", "written_in": "en"},
    "editors.dismiss": {
        "member": "00000000-0000-0000-0000-000000000000",
        "condition": "cystic-fibrosis",
        "written_in": "en",
    },
}

#: The parameters that the addresses of pages have.
QUERIES: dict[str, tuple[str, ...]] = {"remarks.list_open": ("page",), "remarks.list_done": ("page",)}

#: The pages beside those of the other browser tests, by who opens them in the walks of tests/browser/walks.py.
WALKS: dict[str, list[str]] = {
    "stranger": [
        "/conditions/cystic-fibrosis/questions/hereditary",
        "/conditions/cystic-fibrosis/questions/natural-treatment",
        "/conditions/acute-lymphoblastic-leukaemia/questions/causes",
    ],
    "member": [
        "/me/articles",
        "/me/articles/remarks/",
        "/me/articles/remarks/done",
        "/conditions/acute-lymphoblastic-leukaemia/questions/causes/answer/en/wrong",
    ],
    "admin": ["/admin/service/editors/"],
}

#: The routes that answer with something else than a page, or with a page that need not be walked, and why.
NOT_WALKED: dict[str, str] = {
    "articles.edit": "for editors only; its words are in the test of its pages",
    "article_changes.show": "shown once an answer was replaced; its words are in the test of its pages",
    "article_changes.compare": "for editors only; its words are in the test of its pages",
    "feed.reviewed": "data for scripts",
    "sitemap.robots": "data for scripts",
    "sitemap.index": "data for scripts",
    "sitemap.part": "data for scripts",
    "sitemap.texts": "data for scripts",
}
