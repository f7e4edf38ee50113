"""The forms and addresses of operator, as tests of every route send them."""

from sqlalchemy.orm import Session

from mapservice.store.tables import Condition, Member, Moderator


def leave_traces(session: Session, member: Member, _condition: Condition) -> None:
    """Add what the tables about staff may hold of a member."""
    session.add(Moderator(member_id=member.id))


#: What each route that writes is sent: a form that it would take.
FORMS: dict[str, dict[str, str]] = {
    "operator.save": {"name": "A map of ours", "contact": "help@example.org", "colour": "#0d5656", "colour_dark": ""},
    "operator_conditions.choose": {"choice": "hide", "slug": "marfan-syndrome"},
    "operator_conditions.add": {"name": "A condition of ours", "slug": "", "synonyms": "Ours", "prevalence": "2"},
    "moderators.appoint": {"email": "nobody@example.org"},
    "moderators.dismiss": {"member": "00000000-0000-0000-0000-000000000000"},
    "operator_logo.save": {},
    "operator_logo.remove": {},
    "operator_texts.save": {"source": "Be kind.", "base": "0"},
    "operator_texts.restore": {"number": "1"},
}

#: The parameters that the addresses of pages have.
QUERIES: dict[str, tuple[str, ...]] = {"operator_conditions.show": ("q",), "operator.list_changes": ("page",)}

#: The pages beside those of the other browser tests, by who opens them in the walks of tests/browser/walks.py.
WALKS: dict[str, list[str]] = {
    "admin": [
        "/admin/service/",
        "/admin/service/texts/terms/en",
        "/admin/service/conditions/?q=marfan",
        "/admin/service/changes",
        "/admin/service/staff/",
        "/admin/service/logo/",
    ],
}

#: The routes that answer with something else than a page, or with a page that need not be walked, and why.
NOT_WALKED: dict[str, str] = {
    "about.show": "the operator's own text, in the frame of every other page",
    "look.stylesheet": "data for scripts",
    "look.logo": "data for scripts",
    "look.manifest": "data for scripts",
}
