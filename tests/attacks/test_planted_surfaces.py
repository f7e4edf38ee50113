"""Leaks planted in what others read, cards and public pages, are found by the attacks that look there."""

from dataclasses import replace

import pytest
from flask import request
from sqlalchemy import func, select

from bench.attacks import cards, community, metadata, service, silence
from mapservice.db import get_session
from mapservice.store.figures import published, releases
from mapservice.store.tables import Membership
from mapservice.web.members_map import members_map as map_pages
from testing.accounts import new_member
from testing.routes import rules

#: Edits after which a figure that follows them has changed: a fifth of them joins or leaves.
FEW_EDITS = 20


def test_a_date_on_a_card_is_found(context, monkeypatch):
    card = map_pages._card

    def dated(row):
        joined = get_session().scalar(select(Membership.joined).where(Membership.public_id == row.public_id))
        return card(row) | {"year": str(joined.year)}

    monkeypatch.setattr(map_pages, "_card", dated)
    monkeypatch.setattr(cards, "LISTED", cards.TOGETHER)

    assert not cards.a17_months(context).holds


def test_a_live_figure_on_a_public_page_is_found(context, monkeypatch):
    def counted(session, _release, condition):
        return session.scalar(
            select(func.count()).select_from(Membership).where(Membership.condition_id == condition.id)
        )

    monkeypatch.setattr(releases, "world", counted)
    monkeypatch.setattr(silence, "LOOKS", 1)
    monkeypatch.setattr(silence, "public_pages", lambda _app: [service.PAGE])

    assert not silence.a12_silence(replace(context, scale=replace(context.scale, edits=FEW_EDITS))).holds


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data | {"counted_at": "2026-11-20T08:15:00Z"},
        lambda data: data | {"asked_by": str(request.cookies)},
        lambda data: data | {"places": data["places"][::-1]},
    ],
    ids=["a moment", "a visitor", "an order"],
)
def test_what_public_figures_tell_beside_themselves_is_found(context, monkeypatch, change):
    as_data = published.as_data
    monkeypatch.setattr(published, "as_data", lambda condition, rows: change(as_data(condition, rows)))

    with service.service(context) as (app, session, _connection):
        community.settle(
            session, [service.condition(session)], [service.freiburg(session)] * metadata.COUNTED, prefix="counted"
        )
        release = community.published(session)
        browsers = [service.browser(app, new_member(session, "looks@example.org")), app.test_client()]
        of_release = [rule for rule in rules(app) if "release" in rule.arguments]
        faults = list(metadata.of_everybody(browsers, release, of_release))

    assert faults
