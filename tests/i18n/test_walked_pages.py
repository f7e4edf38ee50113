"""Every page is walked in the pseudo-locales, or there is a reason why it is not."""

from dataclasses import replace

import pytest
from flask import Flask

from mapservice import create_app
from testing.accounts import CHEAP, sign_in
from testing.routes import address, rules
from tests.browser.walks import LEFT_OUT, not_walked, walked
from tests.web.site.roles import plant


@pytest.fixture
def app(config, connection) -> Flask:
    """The service with all the pages that it may have, also those of a demo."""
    return create_app(replace(config, demo=True), engine=connection, TESTING=True, LIMITS=False, **CHEAP)


def test_every_page_is_walked_or_left_out_for_a_reason(app):
    assert not_walked(app) == []


def test_a_page_that_nobody_walks_is_found(app):
    plant(app, "/planted", lambda: "<p>Forgotten words</p>", policy="public")

    assert not_walked(app) == ["/planted"]


def test_what_is_left_out_exists_and_is_not_walked_after_all(app):
    assert set(LEFT_OUT) <= {rule.endpoint for rule in rules(app)}
    assert set(LEFT_OUT) & walked(app) == set()


def test_what_is_left_out_as_data_is_no_page(app, bob):
    client = app.test_client()
    sign_in(client, bob)
    for rule in rules(app):
        if LEFT_OUT.get(rule.endpoint) == "data for scripts":
            headers = {"Accept": "application/json"}
            with client.get(address(app, rule), headers=headers) as answer:
                assert answer.mimetype != "text/html", rule.rule
