"""Each kind of leak, planted, is found by the check that stands against it."""

import itertools
import uuid

import numpy as np
import structlog
from geoalchemy2 import WKTElement
from sqlalchemy import text, update

from bench.attacks import leaving, metadata, places, service, traces
from bench.attacks.canary import new_canary
from mapservice import logs
from mapservice.privacy.geomasking import Pin, Shown
from mapservice.store.places import homes as stored
from mapservice.store.site import operations
from mapservice.store.tables import Operation
from mapservice.web.accounts import access
from testing.accounts import new_member
from tests.privacy.test_gates import asked_of_members

#: Names of columns under which a place finer than a zone could be stored.
COORDINATES = {"lat", "lng", "latitude", "longitude", "lon", "point", "coordinates", "geom", "location"}


def coordinate_columns(connection) -> list[str]:
    """The columns of tables of people that could hold a place, but for the pin, which is an anchor."""
    rows = connection.execute(
        text("select table_name, column_name, udt_name from information_schema.columns where table_schema = 'public'")
    )
    ground = {"zone", "base_feature", "base_tile", "spatial_ref_sys", "geometry_columns", "geography_columns"}
    return [
        f"{table}.{column}"
        for table, column, kind in rows
        if table not in ground and (column in COORDINATES or kind in ("geometry", "geography", "point"))
    ]


def serial_columns(connection) -> list[str]:
    """The columns of tables of people that count up."""
    rows = connection.execute(
        text("select table_name, column_name from information_schema.columns "
             "where table_schema = 'public' and (column_default like 'nextval%' or is_identity = 'YES')")
    )  # fmt: skip
    return [f"{table}.{column}" for table, column in rows if table in ("member", "membership", "consent", "home_zone")]


def test_never_stores_a_coordinate_but_the_pin(owner_connection):
    assert coordinate_columns(owner_connection) == ["membership.pin"]

    owner_connection.execute(text("alter table home_zone add column lat float8"))

    assert "home_zone.lat" in coordinate_columns(owner_connection)


def test_never_counts_people_up(owner_connection):
    assert serial_columns(owner_connection) == []

    owner_connection.execute(text("alter table membership add column number serial"))

    assert serial_columns(owner_connection) == ["membership.number"]


def test_a_serial_id_is_found(context, monkeypatch):
    numbers = itertools.count(1_000)
    crowd = service.crowd

    def counted_up(session, zones):
        held = crowd(session, zones)
        for membership in held:
            membership.public_id = str(next(numbers))
        session.commit()
        return held

    monkeypatch.setattr(service, "crowd", counted_up)
    # Where nothing else is looked at, nothing else is found.
    monkeypatch.setattr(metadata, "of_everybody", lambda *_asked: iter(()))

    assert not metadata.a21_metadata(context).holds


def test_a_fresh_random_pin_is_found(context, monkeypatch):
    chance = np.random.default_rng(1)

    def fresh(zone, _member: uuid.UUID, _condition: int, *, salt: bytes, key: bytes) -> Shown:
        return Shown(zone.id, Pin(*chance.uniform(5, 6, 2)))

    monkeypatch.setattr(places, "jitter", fresh)

    assert not places.a1_averaging(context).holds


def test_a_home_in_the_place_of_a_pin_is_found(context, monkeypatch):
    home = new_canary()
    monkeypatch.setattr(stored, "_point", lambda _pin: WKTElement(f"POINT({home.lng} {home.lat})", srid=4326))

    with service.service(context) as (_app, session, connection):
        service.crowd(session, [(service.freiburg(session), "area")])
        assert traces.hits(service.dump(connection), home) > 0


def test_a_log_line_with_an_address_is_found(context, monkeypatch):
    def talk(app_rules):
        structlog.get_logger("mapservice").warning("canary.address@example.org")
        return app_rules

    # The list of what may be logged would drop it.
    monkeypatch.setattr(logs, "keep_fields", lambda _logger, _method, line: line)
    unsafe = traces.unsafe
    monkeypatch.setattr(traces, "unsafe", lambda app: talk(list(unsafe(app))[:1]))
    # Where nothing else is asked, nothing else is found.
    monkeypatch.setattr(traces, "_asked", lambda *_who: iter(()))

    assert not traces.a19_canaries(context).holds


def test_an_unreleased_count_in_public_json_is_found(context):
    with service.service(context) as (app, session, connection):
        view = access.public(lambda: {"people": session.scalar(text("select count(*) from membership"))})
        app.add_url_rule("/planted", "planted", view)
        new_member(session, "somebody@example.org")

        assert asked_of_members(app.test_client(), connection) == ["/planted"]


def test_a_session_that_keeps_how_one_was_shown_is_found(context, monkeypatch):
    browser = service.browser

    def planted(app, member):
        if not hasattr(app, "keeps"):
            leaving.keep_in_session(app)
            app.keeps = True
        return browser(app, member)

    monkeypatch.setattr(service, "browser", planted)

    assert not leaving.a19_leaving(context).holds


def test_an_operation_that_says_in_which_condition_is_found(context, monkeypatch):
    is_done = operations.is_done

    def done_and_said(session, operation_id, member):
        done = is_done(session, operation_id, member)
        session.execute(update(Operation).values(result={"condition": service.SLUG}))
        return done

    monkeypatch.setattr(operations, "is_done", done_and_said)

    assert not leaving.a19_leaving(context).holds
