"""The commands about staff: how the first admin comes to be, and how a lost phone is dealt with."""

import datetime as dt
import re

import pytest
from sqlalchemy import delete, select

from mapservice import db
from mapservice.cli import main
from mapservice.config import HOME
from mapservice.hosting import embedded
from mapservice.privacy.visibility import Role
from mapservice.store.accounts import login_sessions, members, second_factors, staff
from mapservice.store.catalogue import conditions
from mapservice.store.community import memberships
from mapservice.store.knowledge import editors
from mapservice.store.site import mail_queue
from mapservice.store.tables import LoginSession, Mail, Member
from testing import database
from testing.accounts import member_by_email, new_member

EMAIL = "alice@example.org"


@pytest.fixture(scope="module")
def copies(server):
    """An engine on a database of this file's own."""
    with database.clone(server, database.ground_template(server)) as name:
        engine = db.new_engine(embedded.url(server, embedded.OWNER, name))
        yield engine
        engine.dispose()


@pytest.fixture
def copy(copies):
    """That database, in which there is nobody after the test again."""
    yield copies
    with db.open_session(copies) as session:
        for table in (LoginSession, Mail, Member):
            session.execute(delete(table))
        session.commit()


@pytest.fixture
def command(runner, copy, tmp_path):
    """Runs a command on that database; its exit code and what it said."""
    address = copy.url.render_as_string(hide_password=False)

    def run(*words: str, **options):
        done = runner.invoke(main, words, env={"DATABASE_URL": address, "MAPSERVICE_STATE": str(tmp_path)}, **options)
        return done.exit_code, done.output

    return run


@pytest.fixture
def alice(copy):
    """Alice, who is signed in."""
    with db.open_session(copy) as session:
        member = new_member(session, EMAIL)
        login_sessions.begin(session, b"token", member.id, {})
        session.commit()
    return member


def state(copy) -> tuple[frozenset[str], bool, int]:
    """Alice's roles, whether she has a second factor, and in how many places she is signed in."""
    with db.open_session(copy) as session:
        member = member_by_email(session, EMAIL)
        rows = session.scalars(select(LoginSession)).all()
        return staff.staff_roles(session, member), second_factors.find(session, member) is not None, len(rows)


def test_a_member_becomes_staff_and_ordinary_again(copy, command, alice):
    assert command("appoint", " Alice@Example.org", "admin") == (0, "They are now admin.\n")
    assert state(copy) == ({"admin"}, False, 0)
    assert command("appoint", EMAIL, "admin") == (0, "They are already admin: there is nothing to do.\n")

    assert command("dismiss", EMAIL, "admin") == (0, "They are no longer admin.\n")
    assert state(copy)[0] == set()
    assert command("dismiss", EMAIL, "admin") == (0, "They are not admin: there is nothing to do.\n")


def test_a_lost_second_factor_is_forgotten_after_a_question(copy, command, alice):
    with db.open_session(copy) as session:
        second_factors.set_up(session, alice, sealed=b"sealed", step=1, codes=[b"code"])
        session.commit()

    assert command("forget-factor", EMAIL, input="n\n")[0] == 1
    assert state(copy) == (set(), True, 1)

    assert command("forget-factor", EMAIL, "--yes") == (0, "The second factor has been removed.\n")
    assert state(copy) == (set(), False, 0)
    assert "nothing to do" in command("forget-factor", EMAIL, "--yes")[1]


def test_only_staff_say_that_a_member_is_an_adult(copy, command, alice):
    with db.open_session(copy) as session:
        members.by_email(session, EMAIL).minor_until = dt.date(2099, 1, 1)
        session.commit()

    assert command("come-of-age", EMAIL, input="n\n")[0] == 1
    assert command("come-of-age", EMAIL, "--yes") == (0, "They are now an adult.\n")
    with db.open_session(copy) as session:
        assert members.by_email(session, EMAIL).minor_until is None
    assert command("come-of-age", EMAIL, "--yes") == (0, "Nothing to do: they are an adult.\n")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("appoint", "nobody@example.org", "admin"), "No account has this e-mail address"),
        (("dismiss", "nobody@example.org", "admin"), "No account has this e-mail address"),
        (("forget-factor", "nobody@example.org", "--yes"), "No account has this e-mail address"),
        (("appoint", "closed@example.org", "admin"), "This account is closed"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(copy, command, words, says):
    with db.open_session(copy) as session:
        new_member(session, "closed@example.org").active = False
        session.commit()

    code, said = command(*words)

    assert code == 1
    assert says in said


def test_a_role_that_does_not_exist_is_a_mistake_of_the_command_line(command):
    assert command("appoint", EMAIL, "king")[0] == 2


def test_operators_read_how_the_first_admin_comes_to_be():
    words = (HOME / "docs" / "operators.md").read_text()

    assert all(re.search(rf"mapservice {name} \S+@", words) for name in ("appoint", "dismiss", "forget-factor"))


def test_somebody_is_found_by_either_spelling_of_their_domain(copy, command):
    with db.open_session(copy) as session:
        new_member(session, "anna@bücher.example")
        session.commit()

    assert command("appoint", "anna@xn--bcher-kva.example", "admin") == (0, "They are now admin.\n")
    assert command("dismiss", "Anna@BÜCHER.example", "admin")[0] == 0


def test_emails_that_could_not_be_sent_are_counted(copy, command):
    assert command("mail-failures") == (
        0,
        "Waiting to be tried again: 0\nNo e-mails have failed in the last 90 days.\n",
    )
    with db.open_session(copy) as session:
        email = mail_queue.enqueue(session, "bob@example.org", "Hello", "", kind="reset")
        session.flush()
        mail_queue.give_up(session, email, mail_queue.Failure.REFUSED)
        session.commit()

    done, said = command("mail-failures")

    assert done == 0
    assert re.search(r"^\d{4}-\d\d-\d\d +1  reset  \(refused\)$", said, re.MULTILINE)
    assert "bob" not in said


def test_a_membership_for_a_child_ends_with_a_command(copy, command, alice):
    with db.open_session(copy) as session:
        member = members.by_email(session, EMAIL)
        condition = conditions.get(session, "marfan-syndrome")
        memberships.join(session, member, condition, Role.CAREGIVER, pseudonym=None, for_minor=True)
        session.commit()

    said = [command("come-of-age", EMAIL, "marfan-syndrome", "--yes") for _ in range(2)]

    assert said[0] == (0, "The membership is now for an adult.\n")
    assert said[1] == (0, "It was for an adult: there is nothing to do.\n")
    with db.open_session(copy) as session:
        held = memberships.find(session, members.by_email(session, EMAIL), conditions.get(session, "marfan-syndrome"))
        assert (held.for_minor, held.pseudonym[:7]) == (False, "Member ")


@pytest.mark.parametrize("condition", ["marfan-syndrome", "no-such-condition"])
def test_a_membership_that_is_not_there_is_told_in_a_sentence(command, alice, condition):
    code, said = command("come-of-age", EMAIL, condition, "--yes")

    assert code == 1
    assert re.fullmatch(r"Error: .+\.\n", said)


def test_an_editor_is_appointed_and_dismissed_for_one_condition_and_language(copy, command, alice):
    slug = "acute-lymphoblastic-leukaemia"

    assert command("appoint-editor", EMAIL, slug, "en") == (0, "They are now an editor.\n")
    assert command("appoint-editor", EMAIL, slug, "en")[1] == "They are already an editor: there is nothing to do.\n"
    with db.open_session(copy) as session:
        (appointment,) = editors.of_member(session, member_by_email(session, EMAIL))
    assert (appointment.condition.slug, appointment.language) == (slug, "en")
    assert command("appoint-editor", EMAIL, "no-such-condition", "en")[0] == 1
    assert command("appoint-editor", EMAIL, slug, "xx")[0] == 2
    assert command("dismiss-editor", EMAIL, slug, "en") == (0, "They are no longer an editor.\n")
    assert command("dismiss-editor", EMAIL, slug, "en")[1] == "They are not an editor: there is nothing to do.\n"
