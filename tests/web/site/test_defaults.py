"""Nobody is the default: only a member's own click widens who sees them, whatever page, query or old form there is."""

import re
import uuid
from html.parser import HTMLParser

import pytest

from mapservice.config import HOME
from testing.accounts import post
from tests.web.places.place_forms import ALL, join, membership_of, save

SCRIPTS = sorted((HOME / "static" / "js").rglob("*.js"))
TEMPLATES = sorted((HOME / "templates").rglob("*.html"))


class Controls(HTMLParser):
    """The boxes and choices of a page that are ticked, by name and value; those of a form with its address."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ticked: set[tuple[str, str]] = set()
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "input" and values.get("type") in {"radio", "checkbox"} and "checked" in values:
            self.ticked.add((values["name"], values["value"]))


def ticked(page: str, *names: str) -> set[tuple[str, str]]:
    return {(name, value) for name, value in Controls(page).ticked if name in names}


@pytest.fixture(params=["new", "hidden", "shown"])
def state(request, as_alice, freiburg):
    """How Alice stands, and who sees her then."""
    join(as_alice)
    if request.param != "new":
        save(as_alice, freiburg, audience="members", finer="yes")
    if request.param == "hidden":
        post(as_alice, f"{ALL}/hide")
    return "members" if request.param == "shown" else "nobody"


@pytest.mark.parametrize(
    "query", ["", "?in=DE", "?in=DE.3", "?in=DE.3.4.3", "?in=FR", "?country=DE", "?country=DE&in=FR"]
)
def test_never_offers_another_audience_than_the_one_that_is_stored(as_alice, state, query):
    page = as_alice.get(f"{ALL}/place{query}", follow_redirects=True).text

    assert ticked(page, "audience", "finer", "moved") == {("audience", state)}


def test_never_ticks_a_consent_that_was_not_given(as_alice, state):
    page = as_alice.get(f"{ALL}/join").text

    assert ticked(page, "counted", "for_minor", "consent") == {("consent", "yes")}
    assert ticked(as_alice.get("/me/consents").text, "counted") == set()


@pytest.mark.parametrize("page", ["/sign-up", f"{ALL}/join"])
def test_never_ticks_anything_for_somebody_new(as_alice, client, page):
    assert Controls((as_alice if page.startswith(ALL) else client).get(page).text).ticked == set()


def test_never_widens_by_fields_that_a_form_did_not_carry(session, as_alice, alice, freiburg):
    join(as_alice, pseudonym="Lark")
    fields = {"zone": freiburg, "finer": "yes", "operation": str(uuid.uuid4())}

    assert post(as_alice, f"{ALL}/place", fields).status_code == 422
    post(as_alice, f"{ALL}/join", {"role": "person", "consent": "yes", "operation": str(uuid.uuid4())})

    membership = membership_of(session, alice)
    assert (membership.audience, membership.shown_zone, membership.counted_since) == ("nobody", None, None)
    assert membership.pseudonym == "Lark", "a form without the field says nothing of the name"


def test_what_a_member_ticked_in_a_form_that_failed_stays_ticked(as_alice, freiburg):
    join(as_alice)

    page = save(as_alice, freiburg, audience="members").text

    assert ticked(page, "audience", "finer") == {("audience", "members")}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: str(path.relative_to(HOME / "static" / "js")))
def test_never_lets_a_script_tick_anything(script):
    """A script may take a tick away; the zone that was just found is the one thing that it marks."""
    text = script.read_text()
    sets = re.findall(r"\.(?:checked|selected|defaultChecked)\s*=(?!=)\s*(\w+)", text)
    sets += re.findall(r"setAttribute\(\s*[\"'](?:checked|selected)", text)

    assert set(sets) <= {"false"}
    # But for the control on which the member pressed the space bar.
    assert not re.search(r"(?<!\btarget)\.click\(\)|\.submit\(\)", text)
    marks = re.findall(r"name: \"(\w+)\", value: [\w.]+, checked:", text)
    assert len(re.findall(r"\bchecked:", text)) == len(marks)
    assert set(marks) <= {"zone"}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(HOME / "templates")))
def test_never_lets_a_browser_restore_an_old_tick(template):
    """A box that decides over a person stands in a form that browsers do not fill in again: that of the macro."""
    text = template.read_text()
    outside = re.sub(r"\{% call forms\.post\(.*?\{% endcall %\}", "", text, flags=re.DOTALL)
    boxes = re.findall(r"<input[^>]*type=\"(?:checkbox|radio)\"[^>]*", outside, re.DOTALL)
    if template.parent.name not in {"staff_export", "staff_overview"}:
        assert [box for box in boxes if 'autocomplete="off"' not in box] == []


def test_never_lets_a_browser_fill_in_the_form_of_the_macro_again():
    macro = (HOME / "templates" / "site" / "forms.html").read_text().partition("{% macro post(")[2]

    assert 'autocomplete="off" novalidate>' in macro.partition("{% endmacro %}")[0]
