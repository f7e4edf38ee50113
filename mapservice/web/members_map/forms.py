"""The form with which a member filters the map."""

from flask import abort, request
from wtforms import SelectField
from wtforms.fields import SelectChoice

from mapservice.i18n.labels import ROLES
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.privacy.visibility import Role
from mapservice.web.site.forms import QueryForm


class FilterForm(QueryForm):
    """The role that the map and its table show; empty for all."""

    role = SelectField(
        _l("Show"),
        choices=[SelectChoice("", _l("everyone")), *(SelectChoice(role.value, words) for role, words in ROLES.items())],
        default="",
        render_kw={"autocomplete": "off"},
    )


def chosen_role() -> Role | None:
    """Return the role by which this request filters, if any; 422 if it does not exist.

    It is read without the form, whose labels cost more than the view that every open map asks for.
    """
    role = request.args.get("role")
    try:
        return Role(role) if role else None
    except ValueError:
        abort(422)
