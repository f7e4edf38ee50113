"""The forms and addresses of accounts, as tests of every route send them."""

from sqlalchemy.orm import Session

from mapservice.privacy.staff_looks import LookKind
from mapservice.store.accounts import passkeys, staff_looks
from mapservice.store.tables import Condition, Member
from testing.accounts import PASSWORD

#: What each route that writes is sent: a form that it would take.
FORMS: dict[str, dict[str, str]] = {
    "sign_up.ask": {"email": "newcomer@example.org", "condition": "acute-lymphoblastic-leukaemia"},
    "sign_up.complete": {
        "pseudonym": "Newcomer",
        "age": "adult",
        "turns_18": "",
        "password": "seven green kettles sing",
        "taking_part": "y",
    },
    "email_change.ask": {"email": "robert@example.org", "current_password": PASSWORD},
    "email_change.confirm": {},
    "email_change.freeze": {},
    "language.choose": {"language": "es", "next": "/me"},
    "age.edit": {"turns_18": "2027-01"},
    "sign_in.sign_in": {"email": "bob@example.org", "password": PASSWORD, "next": "/me"},
    "sign_in.sign_out": {},
    "sign_in.forgot": {"email": "bob@example.org"},
    "sign_in.reset": {"password": "seven green kettles sing"},
    "settings.again": {"password": PASSWORD, "next": "/me"},
    "settings.rename": {"pseudonym": "Robert"},
    "settings.change_password": {"current_password": PASSWORD, "password": "seven green kettles sing"},
    "settings.end_session": {"session": "0" * 32},
    "settings.delete": {"sure": "yes"},
    "two_factor.ask": {"code": "123456", "next": "/me"},
    "two_factor.set_up": {"code": "123456", "next": "/me"},
    "two_factor.renew_codes": {"code": "123456"},
    "two_factor.remove": {"code": "123456"},
    "passkeys.sign_in": {"passkey": "{}", "next": "/me"},
    "passkeys.add": {"name": "My phone", "passkey": "{}"},
    "passkeys.rename": {"name": "My phone"},
    "passkeys.remove": {"passkey": "0" * 32},
    "suspended.show": {"code": "123456"},
    "suspended.save": {"form": "json"},
    "suspended.delete": {"sure": "yes"},
    "my_data.save": {"form": "json"},
    "restore_review.finish": {},
}


def leave_traces(session: Session, member: Member, _condition: Condition) -> None:
    """Add a passkey of a member, and that staff looked at something."""
    staff_looks.note(session, member.id, LookKind.YOUR_REPORT)
    key = {"credential_id": member.id.bytes, "public_key": b"key"}
    passkeys.add(session, member, **key, sign_count=0, name="My phone")


#: Those of them whose form carries an operation id.
WITH_OPERATION: set[str] = {
    "two_factor.set_up",
    "two_factor.renew_codes",
    "two_factor.remove",
}

#: The parameters that the addresses of pages have.
QUERIES: dict[str, tuple[str, ...]] = {
    "sign_up.ask": ("condition",),
    "sign_up.check_mail": ("condition",),
    "sign_in.sign_in": ("next",),
    "settings.again": ("next",),
    "two_factor.ask": ("next",),
    "passkeys.sign_in": ("next",),
    "two_factor.set_up": ("next",),
}

#: The pages beside those of the other browser tests, by who opens them in the walks of tests/browser/walks.py. What is
#: in braces is known in a walk only.
WALKS: dict[str, list[str]] = {
    "stranger": [
        "/forgot/check-your-mail",
        "/confirm/{sign_up}",
        "/confirm/{joined}",
        "/reset/{reset}",
        "/reset/made-up",
        "/account/email/freeze/{freeze}",
        "/account/email/freeze/{stopped}",
        "/sign-in/passkey",
    ],
    "member": [
        "/account/age",
        "/account/password",
        "/account/again",
        "/account/passkeys",
        "/account/staff",
        "/account/passkeys/new",
        "/me/data",
        "/account/email/confirm/{confirm}",
        "/account/email/confirm/{taken}",
    ],
    "admin": ["/account/email", "/account/second-factor/new"],
    "staff without a code": ["/sign-in/code", "/account/second-factor/codes", "/account/second-factor/remove"],
}

#: The routes that answer with something else than a page, or with a page that need not be walked, and why.
NOT_WALKED: dict[str, str] = {
    "passkeys.rename": "the field of passkeys.add, opened from the list by the tests of passkeys",
    "suspended.show": "needs a suspended account",
    "quick_exit.leave": "leads to another site",
    "demo_outbox.show": "in a demo only, for the person who runs it",
}
