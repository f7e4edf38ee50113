"""What only a demo has: its e-mails as a page, and logins that everybody knows."""

import pytest
from flask.testing import FlaskClient

from mapservice import create_app
from mapservice.config import Config
from mapservice.mail import mailer
from mapservice.store.accounts import staff
from mapservice.web.accounts import password_strength
from mapservice.web.site.server_sessions import COOKIE
from testing.accounts import CHEAP
from testing.releasing import as_owner
from tests.frontdoor import app, enter, sign_up
from tests.rendered import match_in

__all__ = ["app"]


def test_the_demo_shows_its_emails_to_this_machine_alone(tmp_path, connection, session):
    config = Config(state=tmp_path / "state", secret_key="5e" * 32, anchor_key="a0" * 32, demo=True)
    app = create_app(config, engine=connection, LIMITS=False, **CHEAP)
    client = app.test_client()
    sign_up(client)
    assert "/outbox" in client.get("/sign-up/check-your-mail").text
    assert "More e-mails are on their way" in client.get("/outbox").text

    assert mailer.deliver_due(connection, config) == 1

    page = client.get("/outbox").text
    assert f'href="http://localhost:8000{link_in_outbox(client)}"' in page
    assert "<p>Hello,</p>" in page
    assert client.get("/outbox", environ_base={"REMOTE_ADDR": "192.0.2.1"}).status_code == 404
    assert client.get("/outbox", base_url="http://evil.example:8000").status_code == 404


def link_in_outbox(client: FlaskClient) -> str:
    return match_in(client.get("/outbox").text, r"http://localhost:8000(/confirm/[^\"<]+)")


def test_never_shows_emails_outside_a_demo(client):
    assert client.get("/outbox").status_code == 404


def test_demo_logins_work_and_exist_in_a_demo_only(tmp_path, connection, session):
    config = Config(state=tmp_path / "state", secret_key="5e" * 32, anchor_key="a0" * 32, demo=True)
    client = create_app(config, engine=connection, LIMITS=False).test_client()

    for _ in range(2):
        with as_owner(session):
            staff.ensure_demo_logins(session, config)
    session.commit()

    for login in staff.DEMO_LOGINS:
        with client.application.test_request_context():
            assert password_strength.problem(login.password) is None
        assert enter(client, login.email, login.password).status_code == 303
        send_out = client.application.test_client()
        assert send_out.get("/account").status_code == 303
        client.delete_cookie(COOKIE)
    with pytest.raises(staff.SetupError):
        staff.ensure_demo_logins(session, Config(state=tmp_path))
