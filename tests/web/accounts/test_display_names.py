"""The names that others see: most of what people are called, and nothing that could deceive."""

import pytest

from mapservice.privacy.visibility import Role
from mapservice.store.community import memberships
from mapservice.web.accounts import display_names
from testing.accounts import new_member, post, sign_in
from tests.frontdoor import app

__all__ = ["app"]


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "x" * 41,
        "alice@example.org",
        "a＠b.example",
        "Al\u200bice",
        "\u202eecilA",
        "Al\u2066ice\u2069",
        "Al\u200dice",
        "\u3164",
        "Alice\u0000",
        "Alice\nBob",
        "\u0301Alice",
        "A" + "\u0301\u0302\u0303\u0304\u0305\u0306",
        "\U000e0041lice",
        "\ue000",
        "...",
        "A\ufe01lice",
        "\u2800\u2800",
    ],
)
def test_names_that_are_refused(app, name):
    with app.test_request_context():
        assert display_names.problem(display_names.normalize_name(name))


@pytest.mark.parametrize(
    "name",
    [
        "Alice",
        "Zoë 3",
        "محمد",
        "می\u200cروم",
        "דוד",
        "张伟",
        "Đặng Thị",
        "क्\u200dष",
        "👩\u200d🚀",
        "O'Neil-K.",
        "❤\ufe0f",
        "x" * 40,
    ],
)
def test_names_that_are_taken(app, name):
    with app.test_request_context():
        assert display_names.problem(display_names.normalize_name(name)) is None


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("Mapservice", "Leave it out"),
        ("Anna of MapService", "Leave it out"),
        ("Мар Service", "one alphabet"),
        ("Admin", "“Admin”"),
        ("admin123", "“admin123”"),
        ("4dm1n", "“4dm1n”"),
        ("A.d.m.i.n.", "Leave it out"),
        ("ad min", "“ad min”"),
        ("Adrnin", "“Adrnin”"),
        ("ᴀᴅᴍɪɴ", "“ᴀᴅᴍɪɴ”"),
        ("𝒶𝒹𝓂𝒾𝓃", "“admin”"),
        ("🅰🅳🅼🅸🅽", "Leave it out"),
        ("Аdmin", "one alphabet"),
        ("админ", "Leave it out"),
        ("المشرف", "Leave it out"),
        ("TheSupportTeam", "“Support, Team”"),
        ("Support Team Anna", "“Support, Team”"),
        ("support_anna", "“support”"),
        ("Moderadora", "Leave it out"),
        ("Modérateur", "Leave it out"),
        ("Équipe", "Leave it out"),
        ("Supportteam Anna", "“Supportteam”"),
        ("SUPPORTTEAM", "Leave it out"),
        ("Modteam", "“Modteam”"),
        ("supportstaff", "Leave it out"),
        ("team_mods", "Leave it out"),
        ("Moderazione", "Leave it out"),
        ("No-Reply", "Leave it out"),
        ("Post master", "Leave it out"),
        ("Community Manager", "“Community Manager”"),
        ("Moderatorin", "Leave it out"),
        ("Customer Service", "“Customer Service”"),
        ("Dán", "add a word"),
        ("D a n", "add a word"),
        ("Dаn", "one alphabet"),
        ("ⅮAN", "add a word"),
        ("Anna Аня", "one alphabet"),
        ("Ꭺnna", "one alphabet"),
        ("claim-prize.com", "link"),
        ("claim-prize。com", "link"),
        ("claim prize dot com", "link"),
        ("prize (dot) com", "link"),
        ("prize . com", "link"),
        ("http: claim", "link"),
        ("www.prize", "link"),
        ("t.me/prize", "link"),
        ("1.2.3.4", "link"),
        ("javascript:x", "link"),
        ("Mr.Smith", "space after full stops"),
        ("@alice", "e-mail address"),
        ("alice at example dot org", "e-mail address"),
        ("alice (at) example", "e-mail address"),
    ],
)
def test_a_name_that_could_deceive_is_refused_with_advice(app, dan, name, advice):
    with app.test_request_context():
        assert advice in str(display_names.problem(display_names.normalize_name(name)))


@pytest.mark.parametrize(
    "name",
    [
        "Badminton fan",
        "Modesty",
        "Steam",
        "Supportive mum",
        "Teamwork",
        "Dog owner",
        "Postman Pat",
        "Stafford",
        "Daniela",
        "Dan from Leeds",
        "J.R.R. Tolkien",
        "Mr. Smith",
        "No.1",
        "Polka dot me",
        "Welcome to me",
        "Maps and me",
        "Ольга",
        "Ἑλένη",
        "محمد Mo",
        "タナカ Ken",
        "Col·lecció",
        "👨\u200d👩\u200d👧",
        "🏳\ufe0f\u200d🌈",
        "🌟",
    ],
)
def test_a_harmless_name_is_taken(app, session, dan, name):
    dan.pseudonym = "Dan"
    session.commit()

    with app.test_request_context():
        assert display_names.problem(display_names.normalize_name(name)) is None


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" New\u00a0 name ", "New name"),
        ("ﬁona", "fiona"),
        ("Ａｎｎａ", "Anna"),
        ("Zoe\u0308", "Zoë"),
        ("A\u3000 B", "A B"),
    ],
)
def test_a_name_is_stored_in_its_normal_form(typed, stored):
    assert display_names.normalize_name(typed) == stored
    assert display_names.normalize_name(stored) == stored


def test_staff_whose_name_is_a_picture_take_no_other_picture_away(app, session, dan):
    dan.pseudonym = "🌟"
    session.commit()

    with app.test_request_context():
        assert display_names.problem("🎈") is None


def test_a_name_from_before_stays_until_it_is_changed(app, session, client):
    bob = new_member(session, "bob@example.org", pseudonym="Admin Bob")
    sign_in(client, bob)

    assert post(client, "/account/name", {"pseudonym": "Admin Bob"}).status_code == 303
    refused = post(client, "/account/name", {"pseudonym": "Admin Bobby"})

    assert refused.status_code == 422
    assert "“Admin”" in refused.text


def test_names_of_one_condition_keep_the_rules_too(client, session, condition, dan):
    sign_in(client, new_member(session, "bob@example.org", pseudonym="Bob"))

    answer = post(
        client, f"/conditions/{condition.slug}/join", {"role": "person", "consent": "yes", "pseudonym": "Dán"}
    )

    assert answer.status_code == 422
    assert "Someone who runs this site has a similar name" in answer.text


def test_never_is_it_told_who_of_the_staff_has_a_name_in_a_condition(app, session, condition, dan):
    memberships.join(session, dan, condition, Role.PERSON, pseudonym="Lark", for_minor=False)
    session.commit()

    with app.test_request_context():
        assert display_names.problem("Lark") is None


def test_a_name_is_shown_as_text(client, session):
    bob = new_member(session, "bob@example.org", pseudonym="<b onx=1>Bob</b>")
    sign_in(client, bob)

    assert "<b onx" not in client.get("/account").text
