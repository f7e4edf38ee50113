"""Leaks planted in what others read, cards and public pages, are found by the attacks that look there."""

from sqlalchemy import func, select

from bench.attacks import cards, silence
from mapservice.db import get_session
from mapservice.store import releases
from mapservice.store.tables import Membership
from mapservice.web import map as map_pages


def test_a_date_on_a_card_is_found(context, monkeypatch):
    card = map_pages._card

    def dated(found):
        joined = get_session().scalar(select(Membership.joined).where(Membership.public_id == found.public_id))
        return card(found) | {"year": str(joined.year)}

    monkeypatch.setattr(map_pages, "_card", dated)

    assert not cards.a17_months(context).holds


def test_a_live_figure_on_a_public_page_is_found(context, monkeypatch):
    def counted(session, _release, condition):
        return session.scalar(
            select(func.count()).select_from(Membership).where(Membership.condition_id == condition.id)
        )

    monkeypatch.setattr(releases, "world", counted)

    assert not silence.a12_silence(context).holds
