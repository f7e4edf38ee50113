"""The forms and addresses of accounts, as tests of every route send them."""

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
    "accounts.sign_in": {"email": "bob@example.org", "password": PASSWORD, "next": "/me"},
    "accounts.sign_out": {},
    "accounts.forgot": {"email": "bob@example.org"},
    "accounts.reset": {"password": "seven green kettles sing"},
    "account.again": {"password": PASSWORD, "next": "/me"},
    "account.rename": {"pseudonym": "Robert"},
    "account.change_password": {"current_password": PASSWORD, "password": "seven green kettles sing"},
    "account.end_session": {"session": "0" * 32},
    "account.delete": {"sure": "yes"},
    "factor.ask": {"code": "123456", "next": "/me"},
    "factor.set_up": {"code": "123456", "next": "/me"},
    "factor.renew_codes": {"code": "123456"},
    "factor.remove": {"code": "123456"},
    "data.save": {"form": "json"},
    "review.finish": {},
}

#: Those of them whose form carries an operation id.
WITH_OPERATION: set[str] = {
    "factor.set_up",
    "factor.renew_codes",
    "factor.remove",
}

#: The parameters that the addresses of pages have.
QUERIES: dict[str, tuple[str, ...]] = {
    "sign_up.ask": ("condition",),
    "sign_up.check_mail": ("condition",),
    "accounts.sign_in": ("next",),
    "account.again": ("next",),
    "factor.ask": ("next",),
    "factor.set_up": ("next",),
}
