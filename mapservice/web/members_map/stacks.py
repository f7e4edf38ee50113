"""The people whose pins are drawn as one mark of the members' map, page by page."""

from functools import partial

from flask import Blueprint, Response, abort, jsonify, make_response, render_template

from mapservice.db import get_session
from mapservice.geo import cells
from mapservice.geo.tiles import Tile
from mapservice.i18n.labels import ROLES
from mapservice.store.catalogue import conditions
from mapservice.store.community import memberships
from mapservice.store.places import clusters, member_lists
from mapservice.store.tables import Member
from mapservice.web.accounts.access import member_required
from mapservice.web.members_map.forms import chosen_role
from mapservice.web.site import form_fields, pagination, people_limits
from mapservice.web.site.redirects import wants_json

bp = Blueprint("stacks", __name__)

#: People per page.
PAGE = 20


@bp.get("/conditions/<slug>/stacks/<cell>")
@member_required
def show(member: Member, slug: str, cell: str) -> Response:
    """List the people with a pin in a cell: their public ids for the map, and a page for reading.

    Their profile cards are fetched one at a time, as from every other list.
    """
    form_fields.allow_only_queries("role", "page")
    role, tile = chosen_role(), _cell_of_pins(cell)
    session = get_session()
    condition = conditions.get(session, slug)
    viewer = memberships.viewer(session, member, condition)
    load = partial(member_lists.stacked_in, session, condition, tile, viewer, role)
    people = pagination.load_page(load, PAGE)
    if people.rows:
        people_limits.consume_list(member, f"stack/{condition.id}/{cell}/{role}/{people.number}")
    if wants_json():
        public_ids = [person.public_id for person in people.rows]
        return jsonify(n=people.total, page=people.number, size=PAGE, people=public_ids)
    words = {"condition": condition, "cell": cell, "role": role or "", "roles": ROLES, "people": people}
    return make_response(render_template("members_map/stack.html", **words))


def _cell_of_pins(name: str) -> Tile:
    """Return a cell of the zooms at which pins are drawn; 404 if it is none."""
    cell = cells.cell_named(name)
    if not clusters.PIN_ZOOM <= cell.z - cells.DEEPER <= clusters.MAX_ZOOM:
        abort(404)
    return cell
