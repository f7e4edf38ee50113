"""Tries that count toward a limit, and limits that were used up without the hundreds of tries that takes."""

from flask import Flask
from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert

from mapservice import db
from mapservice.store.tables import Allowance
from mapservice.web.site import rate_limits
from testing.accounts import fill_in


def use_up(app: Flask, purpose: str, who: str) -> None:
    """Leave nothing of a limit of the settings."""
    with app.app_context(), db.transaction(app.extensions["engine"]) as session:
        key = rate_limits.bucket_key(rate_limits.limit(purpose), who)
        nothing = {"tokens": 0, "filled_at": func.clock_timestamp()}
        session.execute(
            insert(Allowance).values(key=key, **nothing).on_conflict_do_update(index_elements=["key"], set_=nothing)
        )


def try_one(app, address: str, email: str = "alice@example.org", **headers: str) -> int:
    """The answer to a wrong password, sent from an address."""
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    client.environ_base.update(headers)
    return fill_in(client, "/sign-in", email=email, password="not the right one at all").status_code
