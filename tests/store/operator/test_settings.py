"""The settings of the service in the database."""

import pytest

from mapservice.config import Config
from mapservice.mail.mailer import sender
from mapservice.store.operator import settings, texts
from mapservice.store.operator.settings import ServiceSettings, Setting
from mapservice.store.tables.operator import TextKind


def test_the_name_in_the_environment_is_looked_at_too(session):
    assert settings.check_name(session, "Leukaemia Friends") is True
    assert settings.load(session).neutral == "yes"
    assert settings.check_name(session, "Map of ours") is False
    assert settings.load(session).neutral == ""


def test_without_a_row_everything_has_its_default(session):
    assert settings.load(session) == ServiceSettings()


def test_a_setting_is_read_as_it_was_saved_and_an_empty_one_is_the_default_again(session):
    settings.save(session, Setting.CONTACT, "help@example.org")
    first = settings.load(session)
    settings.save(session, Setting.CONTACT, "")

    assert first.contact == "help@example.org"
    assert settings.load(session).contact == ""
    assert settings.load(session).version != first.version


def test_a_text_is_listed_in_the_languages_in_which_it_says_something(session):
    texts.save(session, TextKind.TERMS, "es", "Hola.")
    texts.save(session, TextKind.TERMS, "en", "Hello.")
    texts.save(session, TextKind.RULES, "en", "Be kind.")
    texts.save(session, TextKind.RULES, "en", "")

    loaded = settings.load(session)

    assert loaded.texts == {"terms": ("en", "es")}
    assert loaded.missing_texts == (TextKind.IMPRINT, TextKind.CONTROLLER, TextKind.RULES)


def test_the_same_text_is_no_new_version(session):
    assert [texts.save(session, TextKind.RULES, "en", source) for source in ("", "a", "a", "b")] == [None, 1, None, 2]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Leukaemia Friends", True),
        ("The LUPUS map", True),
        ("ALL together", True),
        ("All together", False),
        ("Map of ours", False),
        ("", False),
    ],
)
def test_a_name_with_a_word_from_a_condition_is_noticed(session, name, expected):
    assert settings.has_condition(session, name) is expected


@pytest.mark.parametrize(
    ("name", "mail_from", "expected"),
    [
        ("", "map@example.org", "map@example.org"),
        ("Map of ours", "map@example.org", "Map of ours <map@example.org>"),
        ("Map, of <ours>", "map@example.org", '"Map, of <ours>" <map@example.org>'),
        ("Map of ours", "Anna <map@example.org>", "Anna <map@example.org>"),
        ("Leukaemia Friends", "map@example.org", "map@example.org"),
    ],
)
def test_never_sends_an_e_mail_under_a_name_that_tells_a_condition(session, tmp_path, name, mail_from, expected):
    settings.save_name(session, name, "Mapservice")

    assert sender(session, Config(state=tmp_path, mail_from=mail_from)) == expected
