"""The members' map of a condition, the same data as a table, and profile cards."""

from functools import partial
from typing import Any

from flask import Blueprint, Response, jsonify, make_response, render_template, request, url_for

from mapservice import maps
from mapservice.db import get_session, read_rows
from mapservice.geo.tiles import Tile
from mapservice.geo.zones import Level, level_of
from mapservice.i18n import bidi
from mapservice.i18n.labels import LEVELS, ROLES, zone_name
from mapservice.i18n.profile_words import CardWords, card_words
from mapservice.i18n.translation import get_locale
from mapservice.i18n.translation import gettext as _
from mapservice.i18n.visibility_summary import visibility_summary
from mapservice.privacy.geomasking import coarsen
from mapservice.privacy.visibility import Audience, Role, Viewer
from mapservice.store.catalogue import conditions
from mapservice.store.community import memberships
from mapservice.store.contacts import my_contacts
from mapservice.store.places import clusters, member_lists
from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.zones import drawn_zones, tree
from mapservice.web.accounts.access import member_required
from mapservice.web.members_map.forms import FilterForm, chosen_role
from mapservice.web.members_map.map_messages import cluster_words
from mapservice.web.members_map.view import MAX_TILES, view
from mapservice.web.members_map.view_rows import tile_rows
from mapservice.web.site import bundles, card_actions, form_fields, pagination, people_limits, rate_limits
from mapservice.web.site.headers import nonce
from mapservice.web.site.redirects import wants_json

bp = Blueprint("map", __name__)

#: People per page of the table.
PAGE = 50

# Zoom at which a map begins that has nothing to be near to.
_WORLD_ZOOM = 2

# The scripts and the styles of the page.
_BUNDLE = "members-map"


@bp.get("/conditions/<slug>/map")
@member_required
def show(member: Member, slug: str) -> str:
    """Show the people of a condition who agreed to be visible to this member, as a map and as a table."""
    role = _asked_role()
    session = get_session()
    condition = conditions.get(session, slug)
    own = memberships.find(session, member, condition)
    viewer = memberships.viewer(session, member, condition)
    contacts = my_contacts.number(session, member, condition) if own and own.audience == Audience.CONTACTS else 0
    zone_names = tree.names(session, [own.shown_zone] if own and own.shown_zone else [])
    canvas = _canvas(condition, own)
    return render_template(
        "members_map/show.html",
        condition=condition,
        own=own,
        visibility=visibility_summary(own, zone_names, contacts=contacts),
        parts=_parts(canvas, condition, role),
        first_view=_first_view(canvas, condition, role, viewer),
        script_bundle=_BUNDLE,
        **_table(member, condition, viewer, role),
    )


@bp.get("/conditions/<slug>/map/table")
@rate_limits.unlimited
@member_required
def table(member: Member, slug: str) -> str:
    """Return the table of the map alone, for the page that refreshes it."""
    role = _asked_role()
    condition = conditions.get(get_session(), slug)
    viewer = memberships.viewer(get_session(), member, condition)
    return render_template("members_map/table.html", condition=condition, **_table(member, condition, viewer, role))


bp.get("/conditions/<slug>/clusters")(view)


@bp.get("/conditions/<slug>/people/<public_id>")
@member_required
def card(member: Member, slug: str, public_id: str) -> Response:
    """Show the profile card of one person; the number per hour and per day is limited."""
    people_limits.consume(member)
    session = get_session()
    condition = conditions.get(session, slug)
    person = member_lists.card(session, condition, public_id, memberships.viewer(session, member, condition))
    words = card_words(person)
    actions = card_actions.links(slug, words.public_id, is_own=words.is_own)
    if wants_json():
        return jsonify(_card(words) | {"actions": actions})
    return make_response(render_template("members_map/card.html", condition=condition, card=words, actions=actions))


@bp.get("/conditions/<slug>/people/<public_id>/shown")
@rate_limits.unlimited
@member_required
def card_shown(member: Member, slug: str, public_id: str) -> Response:
    """Return whether a person is still visible to this member, and nothing else about them; 404 if not."""
    session = get_session()
    condition = conditions.get(session, slug)
    member_lists.card(session, condition, public_id, memberships.viewer(session, member, condition))
    return jsonify(shown=True)


def _asked_role() -> Role | None:
    """Return the role by which the table is filtered, if any; 422 if it does not exist."""
    form_fields.allow_only_queries("role", "in", "page")
    return chosen_role()


def _canvas(condition: Condition, own: Membership | None) -> "maps.canvas.Canvas":
    """Return the map without the people on it."""
    shown = own.shown_zone if own and own.audience != Audience.NOBODY else None
    words = {"zoom_in": _("Zoom in"), "zoom_out": _("Zoom out")}
    # The region around the member's own zone: close enough to see people nearby, wide enough to see others.
    bbox = tree.bbox(get_session(), coarsen(shown, Level.REGION)) if shown else None
    canvas = maps.canvas.Canvas(
        _("Map of people with: %(name)s", name=bidi.isolate(condition.name)),
        zoom=_WORLD_ZOOM,
        bounds=bbox,
        last_zoom=clusters.MAX_ZOOM,
        words=words,
    )
    names = {"world": _("Show the whole world"), "home": _("Show the area around me")}
    maps.elements.ViewButtons(names, home=bbox).add_to(canvas)
    maps.elements.BaseLayer().add_to(canvas)
    return canvas


def _first_view(
    canvas: "maps.canvas.Canvas", condition: Condition, role: Role | None, viewer: Viewer
) -> dict[str, Any]:
    """Return the settings of static/js/members_map/first-view.js, which asks for what the map shows at first.

    If that is the world, the same on every screen, it is in them.
    """
    return {
        "contents": None if canvas.bounds else _world(condition, role, viewer),
        "clusters": url_for("map.view", slug=condition.slug),
        "role": role or "",
        "maxTiles": MAX_TILES,
        "bounds": canvas.bounds,
        "center": canvas.location,
        "zoom": canvas.options["zoom"],
        "zooms": [canvas.options["minZoom"], canvas.options["maxZoom"]],
    }


def _world(condition: Condition, role: Role | None, viewer: Viewer) -> dict[str, object]:
    """Return what all tiles of the world hold, by "z/x/y", for a member of whom nothing is on the map."""
    read = partial(read_rows, get_session().connection())
    zones = drawn_zones.load(read, drawn_zones.digest(read))
    across = range(2**_WORLD_ZOOM)
    tiles = [Tile(_WORLD_ZOOM, x, y) for x in across for y in across]
    contents = clusters.in_tiles(read, condition.id, tiles, viewer, role, zones)
    return {f"{tile.z}/{tile.x}/{tile.y}": tile_rows(content) for tile, content in contents.items()}


def _parts(canvas: "maps.canvas.Canvas", condition: Condition, role: Role | None) -> "maps.canvas.MapParts":
    maps.elements.ClusterLayer(
        url_for("map.view", slug=condition.slug),
        url_for("map.card", slug=condition.slug, public_id="x").removesuffix("/x"),
        url_for("map.show", slug=condition.slug),
        stacks=url_for("stacks.show", slug=condition.slug, cell="x").removesuffix("/x"),
        words=cluster_words(),
        language=str(get_locale()).replace("_", "-"),
        role=role or "",
        max_tiles=MAX_TILES,
    ).add_to(canvas)
    return maps.canvas.page_parts(canvas, nonce(), partial(bundles.address, _BUNDLE, _BUNDLE))


def _table(member: Member, condition: Condition, viewer: Viewer, role: Role | None) -> dict[str, Any]:
    """Return the table: the children of a zone with visible people, and the people who show exactly this zone."""
    session, asked = get_session(), request.args.get("in")
    path = tree.path(session, asked) if asked else []
    within = path[-1].id if path else None
    load = partial(member_lists.shown_in, session, condition, within, viewer, role) if within else None
    people = pagination.load_page(load, PAGE) if load else pagination.paginate([], PAGE)
    if people.rows:
        people_limits.consume_list(member, f"map/{condition.id}/{within}/{role}/{people.number}")
    return {
        "role": role or "",
        "roles": ROLES,
        "filter": FilterForm(),
        "path": [(zone.id, zone_name(zone.id, zone.name)) for zone in path],
        "level": LEVELS[level_of(within)] if within else None,
        "rows": [
            (row.zone_id, zone_name(row.zone_id, row.name), row.n)
            for row in member_lists.rows_below(session, condition, within, viewer, role)
        ],
        "total": member_lists.total(session, condition, within, viewer, role),
        "people": people,
    }


def _card(card: CardWords) -> dict[str, object]:
    return {
        "pseudonym": card.pseudonym,
        "role": card.role,
        "role_name": card.role_name,
        "zone_name": card.zone_name,
        "own": card.is_own,
        "words": card.words,
        "facts": card.facts,
    }
