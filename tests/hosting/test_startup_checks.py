"""Before it starts, the service warns of what would tell on its members."""

from dataclasses import replace

import pytest

from mapservice.hosting.startup_checks import name_warning


@pytest.mark.parametrize(
    "settings",
    [
        {"site_name": "Leukaemia Society"},
        {"mail_from": "Together <info@leukaemia.example>"},
        {"public_url": "https://leukaemia.example"},
    ],
)
def test_a_name_that_tells_what_members_have_is_noticed(config, connection, settings):
    warning = name_warning(replace(config, **settings), connection)

    assert "has a word from the name of a condition" in warning
    assert "MAPSERVICE_SITE_NAME" in warning


def test_any_other_name_is_not(config, connection):
    assert name_warning(config, connection) is None
