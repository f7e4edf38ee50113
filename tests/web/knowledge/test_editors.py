"""Admins appoint and dismiss editors in the browser."""

import pytest

from mapservice.store.knowledge import editors
from testing.accounts import new_member, post, sign_in
from tests.web.knowledge.pages import ALL, text_of
from tests.web.operator.test_settings import changes

ADDRESS = "/admin/service/editors/"


@pytest.fixture
def as_dan(client, dan):
    sign_in(client, dan)
    return client


@pytest.fixture
def ada(session):
    return new_member(session, "ada@example.org", pseudonym="Ada")


def appoint(client, condition=ALL, email="ada@example.org"):
    return post(client, ADDRESS, {"email": email, "condition": condition, "written_in": "en"})


@pytest.mark.parametrize("named", [ALL, "Acute lymphoblastic leukaemia", "ALL", "ORPHA:513"])
def test_an_admin_appoints_an_editor_for_a_condition_by_any_of_its_names(as_dan, session, ada, condition, named):
    assert appoint(as_dan, named).status_code == 303

    assert editors.is_editor(session, ada, condition, "en")
    assert not editors.is_editor(session, ada, condition, "es")
    assert "Ada" in text_of(as_dan.get(ADDRESS).text)
    assert any(line.startswith(f"editor: appoint {ALL} en ") for line in changes(session))


@pytest.mark.parametrize(
    ("condition", "email", "words"),
    [
        ("no such condition", "ada@example.org", "We found no condition by that name."),
        (ALL, "nobody@example.org", "No account has this e-mail address."),
        (ALL, "no address", "Enter an e-mail address in the correct format"),
        ("leukaemia", "ada@example.org", "We found no condition by that name."),
    ],
)
def test_what_cannot_be_an_appointment_is_told_and_keeps_what_was_typed(as_dan, session, ada, condition, email, words):
    answer = appoint(as_dan, condition, email)

    assert answer.status_code == 422
    assert words in answer.text
    assert f'value="{condition}"' in answer.text
    assert editors.everybody(session) == []


def test_an_admin_dismisses_an_editor(as_dan, session, ada, condition):
    appoint(as_dan)
    form = {"member": str(ada.id), "condition": ALL, "written_in": "en"}

    assert post(as_dan, f"{ADDRESS}dismiss", form).status_code == 303

    assert not editors.is_editor(session, ada, condition, "en")
    assert any(line.startswith(f"editor: dismiss {ALL} en ") for line in changes(session))
