"""For admins: which conditions the service is for, and conditions that are not in the catalogue."""

import re
from enum import StrEnum
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from wtforms import HiddenField, StringField, TextAreaField, ValidationError

from mapservice.db import commit, get_session
from mapservice.i18n.translation import gettext as _
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.store.accounts import staff
from mapservice.store.catalogue import conditions as stored
from mapservice.store.catalogue import listing, offer
from mapservice.store.catalogue.offer import LastConditionError, SameNameError
from mapservice.store.figures import audit_log
from mapservice.store.figures.audit_log import Act
from mapservice.store.tables import Member
from mapservice.text.folding import fold
from mapservice.web.accounts.access import staff_required
from mapservice.web.accounts.staff_access import admin_page
from mapservice.web.site import form_fields
from mapservice.web.site.forms import Answer, Form, page
from mapservice.web.site.retries import idempotent
from mapservice.web.site.service import read_again, service_settings

bp = Blueprint("operator_conditions", __name__, url_prefix="/admin/service/conditions")

#: How many conditions one page lists, and how many results of the search.
LISTED, FOUND = 300, 20

#: Maximum lengths of a condition of one's own, in characters, and of its other names.
NAME_LENGTH, SLUG_LENGTH, MAX_SYNONYMS = 120, 80, 30


class Choice(StrEnum):
    """What an admin does with a condition, or with all of them."""

    OFFER = "offer"
    HIDE = "hide"
    ONLY = "only"
    ALL = "all"
    EARLIER = "earlier"


class ChoiceForm(Form):
    """One change of the choice; ``slug`` names a condition where it is about one."""

    choice = HiddenField()
    slug = HiddenField()


class OwnConditionForm(Form):
    """A condition that the catalogue does not have."""

    name = StringField(_l("Name"), render_kw={"autocomplete": "off", "maxlength": str(NAME_LENGTH), "required": ""})
    slug = StringField(_l("Last part of its address"), render_kw={"autocomplete": "off", "spellcheck": "false"})
    synonyms = TextAreaField(_l("Other names"), render_kw={"rows": "3", "autocomplete": "off"})
    prevalence = StringField(
        _l("People who live with it, per 100,000"), render_kw={"autocomplete": "off", "inputmode": "decimal"}
    )

    def validate_name(self, field: StringField) -> None:
        """Check that the name can be found in the search."""
        field.data = " ".join((field.data or "").split())
        if not 2 <= len(field.data) <= NAME_LENGTH or not fold(field.data) or not field.data.isprintable():
            raise ValidationError(_("Enter a name of 2 to %(length)s characters.", length=NAME_LENGTH))

    def validate_slug(self, field: StringField) -> None:
        """Take the address from the name if there is none."""
        field.data = (field.data or "").strip() or re.sub(r"[^a-z0-9]+", "-", fold(self.name.data or "")).strip("-")
        if not offer.SLUG.fullmatch(field.data) or len(field.data) > SLUG_LENGTH:
            raise ValidationError(_("Use small letters from a to z, numbers and single hyphens, like my-condition."))

    def validate_synonyms(self, field: TextAreaField) -> None:
        """Check the other names."""
        names = self.other_names
        if len(names) > MAX_SYNONYMS or any(len(name) > NAME_LENGTH or not fold(name) for name in names):
            raise ValidationError(
                _(
                    "Enter at most %(number)s names of up to %(length)s characters, one per line.",
                    number=MAX_SYNONYMS,
                    length=NAME_LENGTH,
                )
            )

    def validate_prevalence(self, field: StringField) -> None:
        """Check that the number is one."""
        typed = (field.data or "").strip().replace(",", ".")
        if typed and (not re.fullmatch(r"\d{1,5}(\.\d{1,6})?", typed) or not 0 < float(typed) < 100_000):
            raise ValidationError(_("Enter a number such as 2 or 0.5, or leave the field empty if it is not known."))

    @property
    def other_names(self) -> list[str]:
        """The other names, each once."""
        lines = (" ".join(line.split()) for line in (self.synonyms.data or "").splitlines())
        return list(dict.fromkeys(name for name in lines if name))

    @property
    def known_prevalence(self) -> float | None:
        """The prevalence as a number; None if it is not known."""
        typed = (self.prevalence.data or "").strip().replace(",", ".")
        return float(typed) if typed else None


@bp.get("/")
@admin_page
def show(_member: Member) -> Answer:
    """Show which conditions the service is for, and a search for others."""
    form_fields.allow_only_queries("q")
    return _page(OwnConditionForm(formdata=None))


@bp.post("/")
@staff_required(staff.ADMIN, fresh=True)
@idempotent
def choose(member: Member) -> Answer:
    """Offer or hide a condition, or make the service one for all or for some of them."""
    form, session = ChoiceForm(), get_session()
    choice, slug = form_fields.choice("choice", Choice), form.slug.data or ""
    try:
        words = _change(choice, slug)
    except LastConditionError:
        session.rollback()
        flash(_("A service needs at least one condition. First add another one."), "error")
        return redirect(url_for("operator_conditions.show"), code=303)
    audit_log.add_entry(session, Act.CHANGE, member, f"conditions: {choice} {slug}".strip())
    commit(session)
    read_again()
    flash(words, "success")
    return redirect(url_for("operator_conditions.show"), code=303)


@bp.post("/own")
@staff_required(staff.ADMIN, fresh=True)
@idempotent
def add(member: Member) -> Answer:
    """Add a condition that the catalogue does not have."""
    form, session = OwnConditionForm(), get_session()
    if not form.validate():
        return _page(form)
    slug, name = form.slug.data, form.name.data
    try:
        offer.add_own(session, slug, name, synonyms=form.other_names, prevalence=form.known_prevalence)
    except SameNameError:
        session.rollback()
        form.reject("name", _("There is a condition with this name or address already. Find it in the search above."))
        return _page(form)
    audit_log.add_entry(session, Act.CHANGE, member, f"conditions: add {slug}")
    commit(session)
    read_again()
    flash(_("The condition has been added. It has a page and a map now."), "success")
    return redirect(url_for("operator_conditions.show"), code=303)


def _change(choice: Choice, slug: str) -> str:
    """Make one change; return what was done in words.

    :raise LastConditionError: if no condition would be left.
    :raise UnknownConditionError: if there is no such condition.
    """
    session = get_session()
    match choice:
        case Choice.OFFER:
            offer.offer(session, slug)
            return _("The condition has been added.")
        case Choice.HIDE:
            offer.hide(session, slug)
            return _("The condition has been hidden. Its members keep what they stored.")
        case Choice.ONLY:
            offer.choose(session, [slug])
            return _("The service is for this condition only now. You can add others.")
        case Choice.ALL:
            offer.choose_all(session)
            return _("The service is for all conditions of the catalogue now.")
        case Choice.EARLIER:
            offer.choose(session, service_settings().earlier.split())
            return _("The service is for the conditions of your earlier list again.")


def _page(form: OwnConditionForm) -> Answer:
    session = get_session()
    query = " ".join(request.args.get("q", "")[:200].split())
    is_chosen = service_settings().number_offered is not None
    return page(
        "operator/conditions.html",
        form,
        q=query,
        found=_found(query),
        number=offer.number_offered(session),
        is_chosen=is_chosen,
        offered=listing.offered(session, LISTED) if is_chosen else [],
        hidden=[] if is_chosen else offer.hidden(session, LISTED),
        earlier=service_settings().earlier.split(),
    )


def _found(query: str) -> list[tuple[Any, bool]]:
    """Return the conditions that a query may mean, with whether the service is for each."""
    session = get_session()
    hits = stored.find(session, query, FOUND, hidden=True) if query else []
    known = {condition.slug for condition in listing.with_slugs(session, [hit.slug for hit in hits])}
    return [(hit, hit.slug in known) for hit in hits]
