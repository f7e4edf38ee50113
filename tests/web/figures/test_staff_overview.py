"""What an admin sees: released figures only, each look noted, and each file handed out for a purpose."""

import csv
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, text

from mapservice import create_app
from mapservice.mail import memorials, notifications
from mapservice.store.catalogue import conditions
from mapservice.store.figures import audit_log
from mapservice.store.figures.audit_log import Act
from mapservice.store.site import mail_queue
from mapservice.store.tables import AuditLogEntry
from mapservice.web.accounts import emails
from mapservice.web.figures import staff_overview
from testing.accounts import CHEAP, PASSWORD, post, sign_in
from testing.releasing import put_figures
from tests.web.catalogue.test_condition_pages import words_of

ALL = "acute-lymphoblastic-leukaemia"
FORM = {"conditions": ALL, "by": "country", "release": "2", "format": "csv", "language": "en", "purpose": "A grant"}


@pytest.fixture
def app(config, connection):
    return create_app(config, engine=connection, TESTING=True, LIMITS=False, **CHEAP)


@pytest.fixture
def as_dan(app, dan):
    client = app.test_client()
    sign_in(client, dan)
    return client


@pytest.fixture
def released(session, condition):
    put_figures(session, condition, 1, {"world": 180, "DE": 85, "FR": 40})
    put_figures(session, conditions.get(session, "crohns-disease"), 2, {"world": 60})
    put_figures(session, condition, 2, {"world": 230, "DE": 120, "DE.3": 25, "FR": 35, "PL": 20})


def audit_log_of(session, act):
    lines = session.scalars(select(AuditLogEntry).where(AuditLogEntry.act == act).order_by(AuditLogEntry.made_at)).all()
    return [(line.actor, line.subject, line.release, line.format, line.purpose) for line in lines]


def test_the_overview_lists_conditions_with_figures_the_largest_first(as_dan, released):
    page = as_dan.get("/admin/").text

    assert re.findall(r'/admin/conditions/([\w-]+)"', page) == [ALL, "crohns-disease"]
    assert "2 conditions have statistics" in page
    for words in ("crohn", "Crohn’s", "Crohns", "morbus crohn", "crohns-disease"):
        assert re.findall(r'/admin/conditions/([\w-]+)"', as_dan.get(f"/admin/?q={words}").text) == ["crohns-disease"]
    assert "no members, or too few to show" in words_of(as_dan.get("/admin/?q=nothing").text)


def test_every_page_says_what_to_do_before_the_first_release(as_dan, condition):
    for path in ("/admin/", f"/admin/conditions/{ALL}", f"/admin/export?condition={ALL}"):
        assert "There is no release yet" in as_dan.get(path).text
    for path in ("/admin/releases", f"/admin/conditions/{ALL}/compare"):
        assert "There is no release yet" in as_dan.get(path).text


def test_a_condition_is_seen_as_it_is_handed_out_in_the_release_that_is_chosen(as_dan, released):
    newest, older = (words_of(as_dan.get(f"/admin/conditions/{ALL}{query}").text) for query in ("", "?release=1"))

    assert "About 230 people in 3 countries" in newest
    assert "About 180 people in 2 countries" in older
    assert "not even admins" in newest
    assert as_dan.get(f"/admin/conditions/{ALL}?release=9").status_code == 404


def test_growth_is_drawn_and_told_as_a_table(as_dan, released):
    page = as_dan.get(f"/admin/conditions/{ALL}").text

    assert page.count("<polyline") == 1
    assert page.count("<circle") == 2
    assert re.findall(r'<th scope="row">(\d)</th><td><time[^<]*</time></td><td class="number">(\d+)</td>', page) == [
        ("2", "230"),
        ("1", "180"),
    ]


def test_two_releases_are_compared_with_what_may_be_noise(as_dan, released):
    page = as_dan.get(f"/admin/conditions/{ALL}/compare?before=1&after=2").text
    table_rows = re.findall(r'<tr role="row"><th.*?</tr>', page, re.DOTALL)
    rows = [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in table_rows]

    assert "A difference of 10 or less means nothing" in words_of(page)
    assert [row.split() for row in rows if row.startswith(("World", "Germany", "France", "Poland"))] == [
        ["World", "180", "230", "+50", "more", "than", "noise"],
        ["Germany", "85", "120", "+35", "more", "than", "noise"],
        ["Poland", "too", "few", "to", "show", "20", "may", "be", "only", "noise"],
        ["France", "40", "35", "-5", "may", "be", "only", "noise"],
    ]


def test_releases_say_what_each_changed(as_dan, released):
    page = words_of(as_dan.get("/admin/releases").text)

    assert "2 Nov 16, 2026 default 3 3 0 0" in page


def test_a_file_is_handed_out_and_noted(as_dan, session, released):
    with post(as_dan, "/admin/export", FORM) as answer:
        content = answer.data

    assert answer.status_code == 200
    rows = list(csv.DictReader(content.decode().splitlines()))
    assert [(row["zone"], row["people"]) for row in rows] == [
        ("world", "230"), ("DE", "120"), ("FR", "35"), ("PL", "20"),
    ]  # fmt: skip
    assert answer.headers["Content-Disposition"].endswith(f"figures-release-2-{ALL}-by-country.csv")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert int(answer.headers["Content-Length"]) == len(content)
    assert audit_log_of(session, "export") == [("Dan", f"{ALL} by country", 2, "csv", "A grant")]


def test_several_conditions_go_into_one_file(as_dan, released):
    page = as_dan.get(f"/admin/export?condition={ALL}&condition=crohns-disease").text
    assert f'value="{ALL} crohns-disease"' in page
    assert 'value="html"' not in page

    form = FORM | {"conditions": f"{ALL} crohns-disease", "format": "geojson"}
    with post(as_dan, "/admin/export", form) as answer:
        conditions = {feature["properties"]["condition"] for feature in json.loads(answer.data)["features"]}
    assert conditions == {ALL, "crohns-disease"}


@pytest.mark.parametrize("purpose", ["", "  ", "ab", "x" * 301])
def test_never_hands_out_a_file_without_a_purpose_and_keeps_what_was_chosen(as_dan, session, released, purpose):
    answer = post(as_dan, "/admin/export", FORM | {"by": "region", "format": "xlsx", "purpose": purpose})

    assert answer.status_code == 422
    assert "Say what it is for" in answer.text
    assert re.search(r'value="region" checked', answer.text)
    assert re.search(r'value="xlsx" checked', answer.text)
    assert audit_log_of(session, "export") == []


@pytest.mark.parametrize(
    "change",
    [{"by": "area"}, {"format": "exe"}, {"release": "-1"}, {"release": "9" * 30}, {"language": "xx"},
     {"zone": "DE.1.1"}, {"conditions": " ".join(f"c{at}" for at in range(101))}],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_a_form_that_asks_for_something_else_is_refused(as_dan, session, released, change):
    assert post(as_dan, "/admin/export", FORM | change).status_code == 422
    assert audit_log_of(session, "export") == []


def test_an_export_needs_a_fresh_password_and_loses_nothing(app, session, released, dan):
    client = app.test_client()
    sign_in(client, dan, is_fresh=False)

    page = post(client, "/admin/export", FORM)

    assert page.status_code == 403
    assert 'name="purpose" value="A grant"' in page.text
    assert audit_log_of(session, "export") == []
    assert PASSWORD not in page.text


def test_every_look_is_noted_under_the_name_of_the_admin(as_dan, session, released):
    as_dan.get("/admin/")
    as_dan.get(f"/admin/conditions/{ALL}?release=1")

    assert audit_log_of(session, "view") == [
        ("Dan", "admin.show", None, "", ""),
        ("Dan", f"admin.preview {ALL}", 1, "", ""),
    ]
    assert f"Statistics for a condition {ALL}" in words_of(as_dan.get("/admin/ledger").text)


def test_lines_of_earlier_versions_have_names_too(as_dan, session):
    for subject in ("admin.read_ledger", "handing.choose"):
        audit_log.add_entry(session, Act.VIEW, None, subject)

    page = words_of(as_dan.get("/admin/ledger").text)

    assert "Choice of what to export" in page
    assert not re.search("read_ledger|handing", page)


def test_every_member_reads_what_was_handed_out(as_dan, as_alice, released):
    assert "Nothing has been exported yet" in as_alice.get("/exports").text

    post(as_dan, "/admin/export", FORM).close()

    page = words_of(as_alice.get("/exports").text)
    assert re.search(r"Dan [0-9a-f]{8} A grant", page)
    assert f"\u2068{ALL}\u2069 by country 2 csv" in page
    assert "admin.show" not in page


def test_never_lets_a_page_change_or_delete_a_line(as_dan, session, released):
    post(as_dan, "/admin/export", FORM).close()

    for statement in ("update ledger_entry set actor = 'Nobody'", "delete from ledger_entry", "truncate ledger_entry"):
        with pytest.raises(Exception, match="permission denied"), session.begin_nested():
            session.execute(text(statement))


def test_never_shows_an_admin_a_person_or_a_live_count(as_dan, session, bob, carol, released):
    bob.pseudonym, carol.pseudonym = "Quillweave", "Zanderloft"
    session.commit()

    for path in ("/admin/", f"/admin/conditions/{ALL}", f"/admin/conditions/{ALL}/compare", "/admin/releases"):
        page = as_dan.get(path).text
        assert "Quillweave" not in page
        assert "Zanderloft" not in page
        assert "@example.org" not in page


def test_only_admins_are_shown_the_way_there(as_dan, as_alice, client, condition):
    way = 'href="/admin/"'

    assert way in as_dan.get("/").text
    assert way not in as_alice.get("/").text
    assert way not in client.get("/").text


def test_what_is_compared_is_noted_with_both_releases(as_dan, session, released):
    page = words_of(as_dan.get(f"/admin/conditions/{ALL}/compare").text)
    as_dan.get(f"/admin/conditions/{ALL}/compare?before=1&after=2")

    assert "Release 1 and release 2" in page
    assert "fill up step by step" in page
    assert audit_log_of(session, "view")[-1] == ("Dan", f"comparison.show {ALL} 1", 2, "", "")


def test_the_overview_says_how_many_emails_could_not_be_sent(as_dan, session):
    assert "No e-mails have failed" in as_dan.get("/admin/").text
    failed = mail_queue.enqueue(session, "bob@example.org", "Hello", "", kind="reset")
    session.flush()
    mail_queue.give_up(session, failed, mail_queue.Failure.REFUSED)
    mail_queue.enqueue(session, "bob@example.org", "Hello", "").tries = 2
    session.commit()

    page = as_dan.get("/admin/").text

    assert "Link to choose a new password refused by the recipient's mail server 1" in words_of(page)
    assert "1 e-mail is waiting to be tried again" in page
    assert "bob@" not in page


def test_admins_are_warned_if_the_name_of_the_service_tells_what_members_have(config, connection, dan):
    def first_page(**settings) -> str:
        browser = create_app(replace(config, **settings), engine=connection, **CHEAP).test_client()
        sign_in(browser, dan)
        return browser.get("/admin/").text

    warning = "has a word from the name of a condition"
    assert warning in first_page(site_name="Leukaemia Society")
    assert warning in first_page(mail_from="Together <info@marfan.example>")
    assert warning not in first_page(site_name="Together")


def test_every_kind_of_email_has_words():
    kinds = set(re.findall(r'kind="(\w+)"', Path(emails.__file__).read_text(encoding="utf-8"))) | {
        notifications.KIND,
        memorials.KIND,
    }

    assert kinds == set(staff_overview.KINDS)
