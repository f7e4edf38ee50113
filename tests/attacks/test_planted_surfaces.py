"""Leaks planted in what others read are found by the attacks that look there."""

from sqlalchemy import func, select

from bench.attacks import silence
from mapservice.store import releases
from mapservice.store.tables import Membership


def test_a_live_figure_on_a_public_page_is_found(context, monkeypatch):
    def counted(session, _release, condition):
        return session.scalar(
            select(func.count()).select_from(Membership).where(Membership.condition_id == condition.id)
        )

    monkeypatch.setattr(releases, "world", counted)

    assert not silence.a12_silence(context).holds
