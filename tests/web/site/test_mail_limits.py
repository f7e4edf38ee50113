"""How many e-mails a day one address gets, and one network asks for."""

import pytest
from sqlalchemy import text, update

from mapservice.store.tables import Allowance
from mapservice.web.site import rate_limits as limits
from testing.accounts import fill_in


@pytest.mark.parametrize(("path", "other"), [("/forgot", "/sign-up"), ("/sign-up", "/forgot")])
def test_asking_for_e_mails_is_limited_widely_by_network_and_kind(app, path, other):
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = "192.0.2.9"
    with app.app_context():
        for _ in range(99):
            limits.consume(limits.limit("network_mails"), f"192.0.2.9/{path.replace('forgot', 'reset')[1:]}")

    assert [fill_in(client, path, email=f"b{n}@example.org").status_code for n in range(2)] == [303, 429]
    assert fill_in(client, other, email="b@example.org").status_code == 303


def test_one_address_gets_three_mails_of_a_kind_in_any_day(app, session):
    def ask(kind: str = "reset", email: str = "alice@example.org") -> bool:
        with app.test_request_context():
            return limits.may_mail(kind, email)

    def later(hours: int) -> None:
        session.execute(update(Allowance).values(filled_at=Allowance.filled_at - text(f"interval '{hours} hours'")))

    assert [ask() for _ in range(5)] == [True] * 3 + [False] * 2
    assert ask("sign-up")
    assert ask(email="bob@example.org")
    later(23)
    assert not ask()
    later(2)
    assert [ask() for _ in range(4)] == [True] * 3 + [False]


def test_asking_fifty_times_to_sign_up_does_not_stop_a_reset(app):
    with app.test_request_context():
        assert sum(limits.may_mail("sign-up", "alice@example.org") for _ in range(50)) == 3
        assert limits.may_mail("reset", "alice@example.org")
