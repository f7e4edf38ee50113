"""Limits that were used up, without the hundreds of tries that takes."""

from flask import Flask
from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert

from mapservice import db
from mapservice.store.tables import Allowance
from mapservice.web.site import rate_limits


def use_up(app: Flask, purpose: str, who: str) -> None:
    """Leave nothing of a limit of the settings."""
    with app.app_context(), db.transaction(app.extensions["engine"]) as session:
        key = rate_limits.bucket_key(rate_limits.limit(purpose), who)
        nothing = {"tokens": 0, "filled_at": func.clock_timestamp()}
        session.execute(
            insert(Allowance).values(key=key, **nothing).on_conflict_do_update(index_elements=["key"], set_=nothing)
        )
