"""One way to make forms: what every form of every page keeps, read from the pages as browsers get them."""

import uuid
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import UnprocessableEntity
from wtforms import HiddenField, StringField
from wtforms.fields.core import UnboundField
from wtforms.validators import DataRequired

from mapservice import create_app
from mapservice.store.tables import Condition
from mapservice.web.profiles.forms import ProfileForm
from mapservice.web.site.form_fields import EVERY_FORM
from mapservice.web.site.forms import Form, Tick
from mapservice.web.texts.forms import StoryForm
from testing.accounts import CHEAP, post, sign_in
from testing.releasing import put_figures
from testing.routes import FORMS, address, is_interface, policy, rules
from tests.links import live_tokens
from tests.rendered import Rendered, RenderedForm
from tests.web.places.place_forms import join, save

ALL = "/conditions/acute-lymphoblastic-leukaemia"


@pytest.fixture
def app(config, connection) -> Flask:
    return create_app(config, engine=connection, TESTING=True, LIMITS=False, **CHEAP)


@pytest.fixture
def browsers(app, alice, bob, dan, freiburg) -> dict[str, FlaskClient]:
    """Alice has hidden, Bob is shown, Dan is staff."""
    clients = {"stranger": app.test_client()}
    for name, person in {"alice": alice, "bob": bob, "dan": dan}.items():
        clients[name] = app.test_client()
        sign_in(clients[name], person)
    join(clients["alice"])
    save(clients["alice"], freiburg, audience="members", finer="yes")
    post(clients["alice"], f"{ALL}/hide")
    return clients


_rendered: dict[str, str] = {}


@pytest.fixture
def pages(request) -> dict[str, str]:
    """Every page with what it is to a stranger, to members and to staff; rendered once: they are only read."""
    if not _rendered:
        _rendered.update(_render(*map(request.getfixturevalue, ("app", "session", "browsers", "condition"))))
    return _rendered


def seen_by(needed: str) -> tuple[str, ...]:
    """Those to whom a page with a policy shows something of its own."""
    return {"public": ("stranger", "bob")}.get(needed, ("dan",) if needed.startswith("staff") else ("alice", "bob"))


def _render(app: Flask, session: Session, browsers: dict[str, FlaskClient], condition: Condition) -> dict[str, str]:
    put_figures(session, condition, 1, {"world": 210, "DE": 90})
    tokens, texts = live_tokens(app, session, "bob@example.org"), {}
    for rule in rules(app):
        if "GET" not in (rule.methods or ()) or is_interface(rule) or rule.endpoint in {"static", "sign_in.reset"}:
            continue
        for name in seen_by(policy(app, rule) or ""):
            with browsers[name].get(address(app, rule, token=tokens.get(rule.endpoint))) as answer:
                if answer.status_code == 200 and answer.mimetype == "text/html":
                    texts[f"{rule.endpoint} as {name}"] = answer.get_data(as_text=True)
    texts["sign_in.reset"] = browsers["stranger"].get(f"/reset/{tokens['sign_in.reset']}").text
    return texts


def endpoint_of(app: Flask, action: str, page: str) -> str:
    """The view that a form is sent to; one without an address to its own page."""
    if not action:
        return page.partition(" ")[0]
    with app.test_request_context():
        return app.url_map.bind("localhost").match(action.partition("#")[0].partition("?")[0], method="POST")[0]


def forms_of(pages: dict[str, str], method: str = "post") -> Iterator[tuple[str, RenderedForm]]:
    for name, page in pages.items():
        for form in Rendered(page).forms:
            if form.method == method:
                yield name, form


_TICKS_OF_PROFILES = {name for name in vars(ProfileForm) if name.startswith(("speaks_", "looks_for_"))}

_OF_TEXTS = {name for name in dir(StoryForm) if isinstance(getattr(StoryForm, name), UnboundField)}

#: Fields that a view takes beside those that its form in the other tests has.
OPTIONAL = {
    "sign_in.sign_out": {"forget"},
    "settings.delete": {"keep_texts"},
    "staff_export.export": {"with_few"},
    "operator_texts.save": {"preview"},
    "memberships.join": {"counted"},
    "place.browse": {"country"},
    "profiles.save": _TICKS_OF_PROFILES,
    "profiles.preview": _TICKS_OF_PROFILES,
    "operator_logo.save": {"picture"},
    **{name: _OF_TEXTS for name in FORMS if name.startswith(("tell.", "experience.", "ask.", "answer."))},
}


def test_every_form_sends_only_what_its_view_takes(app, pages):
    seen, unknown = set(), []
    for page, form in forms_of(pages):
        endpoint = endpoint_of(app, form.action, page)
        seen.add(endpoint)
        known = {*FORMS[endpoint], *EVERY_FORM, *OPTIONAL.get(endpoint, ())}
        unknown += [f"{page}: {control['name']}" for control in form.controls if control["name"] not in known]
        assert "csrf_token" in form.hidden, page
    assert unknown == []
    assert {"memberships.join", "place.save", "sign_in.reset", "staff_export.export", "hiding.show_again"} <= seen


def test_never_lets_a_browser_restore_a_tick_that_decides_over_a_person(pages):
    restored = [
        f"{page}: {control['name']}"
        for page, form in forms_of(pages)
        for control in form.controls
        if control.get("type") in {"checkbox", "radio"} and form.is_restored and control.get("autocomplete") != "off"
    ]

    assert restored == []


def test_an_id_stands_on_a_page_once_and_every_description_is_there(pages):
    for name, text in pages.items():
        page = Rendered(text)
        assert [element_id for element_id in page.ids if page.ids.count(element_id) > 1] == [], name
        assert set(page.described_by) <= set(page.ids), name


#: What is wrong in each form, and what is sent beside its hidden fields.
WRONG = {
    "/sign-in": {},
    "/sign-up": {"email": "no address"},
    "/forgot": {},
    "/account/name": {"pseudonym": ""},
    "/account/password": {"current_password": "wrong"},
    "/account/email": {"email": "new@example.org", "current_password": "wrong"},
    "/account/age": {"turns_18": "1990-01"},
    "/account/again": {"password": "wrong"},
    f"{ALL}/join": {"pseudonym": "x" * 50},
    f"{ALL}/count": {},
    f"{ALL}/place": {"zone": "FR", "audience": "members", "finer": "yes"},
    "/admin/export": {**FORMS["staff_export.export"], "purpose": "x"},
}


@pytest.mark.parametrize("path", WRONG)
def test_a_form_with_an_error_says_so_in_the_title_and_above_all_with_a_link_to_each_field(
    session, browsers, condition, path
):
    put_figures(session, condition, 1, {"world": 210})
    who = "stranger" if path in {"/sign-in", "/sign-up", "/forgot"} else "dan" if path.startswith("/admin") else "bob"
    page = browsers[who].get("/sign-in" if who == "stranger" else "/account").text
    fields = {
        "csrf_token": Rendered(page).forms[-1].hidden["csrf_token"],
        "operation": str(uuid.uuid4()),
        **WRONG[path],
    }

    answer = browsers[who].post(path, data=fields)

    page = Rendered(answer.text)
    assert answer.status_code in {409, 422}
    assert page.title.startswith("Error: ")
    assert page.summary is not None
    assert {"role", "tabindex", "autofocus"} <= set(page.summary)
    assert "There is a problem" in answer.text
    assert page.problems
    assert len(page.problems) == len(set(page.problems))
    assert set(page.problems) <= set(page.ids)
    assert set(page.described_by) <= set(page.ids)
    assert answer.text.count("autofocus") == 1


def test_a_page_without_an_error_has_no_summary(pages):
    for name, text in pages.items():
        assert "error-summary" not in text, name
        assert not Rendered(text).title.startswith("Error"), name


# The parent itself.


class Toy(Form):
    """Two fields."""

    name = StringField("Name", validators=[DataRequired("Please say a name.")])
    agrees = Tick("I agree")
    carried = HiddenField()


@pytest.mark.parametrize(
    "pairs", [[("name", "a"), ("canary", "b")], [("name", "a"), ("name", "b")], [("agrees", "yes"), ("agrees", "yes")]]
)
def test_never_takes_a_field_that_a_form_does_not_have_or_one_twice(app, pairs):
    with app.test_request_context(method="POST", data=MultiDict(pairs)), pytest.raises(UnprocessableEntity):
        Toy()


@pytest.mark.parametrize("text", ["y", "on", "true", "1", "no", "", "YES", "yes "])
def test_never_reads_another_text_as_a_tick(app, text):
    with app.test_request_context(method="POST", data={"name": "a", "agrees": text}):
        assert Toy().agrees.data is False
    with app.test_request_context(method="POST", data={"name": "a", "agrees": "yes"}):
        assert Toy().agrees.data is True


def test_problems_lead_to_fields_and_those_of_the_whole_form_to_its_first(app):
    with app.test_request_context(method="POST", data={"agrees": "yes"}):
        form = Toy(suffix="two")
        form.validate()
        form.form_errors.append("Wrong.")

    assert form.problems == [("name-two", "Wrong."), ("name-two", "Please say a name.")]
