"""What tests need of second factors: a phone that shows codes, and members of staff who have one."""

import re
import time
from dataclasses import dataclass

import pyotp
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from mapservice.store.accounts import second_factors, staff
from mapservice.store.tables import Member
from mapservice.web.accounts import totp
from testing.accounts import new_member, post
from testing.appointing import appoint
from tests.rendered import match_in

NEW = "/account/second-factor/new"
CODES = "/account/second-factor/codes"
REMOVE = "/account/second-factor/remove"
ASK = "/sign-in/code"


@dataclass(frozen=True)
class Phone:
    """An app that knows a secret."""

    secret: str

    def code(self, steps: int = 0) -> str:
        """The code that it shows now, or some steps of time later."""
        return pyotp.TOTP(self.secret).generate_otp(int(time.time()) // totp.STEP_S + steps)

    def wrong(self) -> str:
        """A code that is none of those which count."""
        right = {self.code(steps) for steps in range(-6, 7)}
        return next(code for code in ("111111", "222222", "333333", "444444", "555555", "666666", "777777", "888888")
                    if code not in right)  # fmt: skip


def new_staff(session: Session, email: str = "dana@example.org", *, role: str = staff.ADMIN) -> Member:
    """A member of staff without a second factor."""
    member = new_member(session, email, pseudonym="Dana")
    appoint(session, member, role)
    session.commit()
    return member


def give_phone(client: FlaskClient, session: Session, member: Member) -> Phone:
    """Set a second factor up without a page; no code was used yet."""
    factor = totp.new_secrets()
    codes = totp.recovery_code_hashes(factor, member.id, ["AAAA-AAAA-AAAA-AAAA"])
    with client.application.app_context():
        second_factors.set_up(session, member, sealed=totp.seal(factor, member.id), step=0, codes=codes)
        session.commit()
    return Phone(totp.secret_for_phone(factor))


def secret_in(page: TestResponse) -> Phone:
    """The phone that was told the secret of the page that sets it up."""
    return Phone(match_in(page.text, r'translate="no">([A-Z2-7 ]{39})</code>').replace(" ", ""))


def codes_in(page: TestResponse) -> list[str]:
    """The recovery codes that a page shows."""
    return re.findall(r'translate="no">([A-Z2-7-]{19})</code>', page.text)


def operation_in(page: TestResponse) -> str:
    """The id of the operation that the form of a page carries."""
    return match_in(page.text, r'name="operation" value="([^"]+)"')


def send(client: FlaskClient, path: str, code: str, **fields: str) -> TestResponse:
    """Open a page that asks for a code, and send the code."""
    page = client.get(path)
    if 'name="operation"' in page.text:
        fields = {"operation": operation_in(page), **fields}
    return post(client, path.partition("?")[0], {"code": code, **fields})
