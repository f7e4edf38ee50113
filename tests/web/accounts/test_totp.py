"""One-time codes: which count and when, and what a stolen database is worth."""

import re
import uuid
from urllib.parse import unquote

import pyotp
import pytest

from mapservice import create_app
from mapservice.web.accounts import totp
from testing.accounts import CHEAP

MEMBER, SALT, NOW = uuid.UUID(int=7), b"\x07" * totp.SALT_BYTES, 1_800_000_000


@pytest.fixture
def app(config, connection):
    app = create_app(config, engine=connection, TESTING=True, **CHEAP)
    with app.app_context():
        yield app


@pytest.fixture
def secret(app):
    return totp.totp_secret(MEMBER, SALT)


@pytest.mark.parametrize("steps", range(-3, 4))
def test_a_code_counts_one_step_before_and_after_its_own(secret, steps):
    code = pyotp.TOTP(secret).at(NOW + steps * totp.STEP_S)

    matched = totp.matching_step(secret, code, NOW)

    assert matched == (NOW // totp.STEP_S + steps if abs(steps) <= totp.DRIFT else None)


@pytest.mark.parametrize("steps", range(-7, 8))
def test_a_code_of_a_wrong_clock_is_told_from_one_that_is_wrong(secret, steps):
    code = pyotp.TOTP(secret).at(NOW + steps * totp.STEP_S)

    measured = totp.step_of_wrong_clock(secret, code, NOW)

    assert measured == (NOW // totp.STEP_S + steps if 2 <= abs(steps) <= 5 else None)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "ABCDEF", "-12345"])
def test_what_no_phone_shows_is_no_code(secret, code):
    assert totp.matching_step(secret, code, NOW) is None
    assert not totp.is_totp_code(code)


def test_the_codes_are_those_of_the_standard():
    """Source: RFC 6238, appendix B, the last six digits."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

    assert totp.matching_step(secret, "287082", 59) == 1
    assert totp.matching_step(secret, "081804", 1_111_111_109) == 1_111_111_109 // 30


def test_every_member_and_every_salt_has_a_secret_of_its_own(secret):
    others = {totp.totp_secret(uuid.UUID(int=8), SALT), totp.totp_secret(MEMBER, b"\x08" * totp.SALT_BYTES)}

    assert len(others | {secret}) == 3
    assert len(secret) == 32


def test_never_makes_the_secret_or_a_hash_without_our_key(config, connection, secret):
    code_hash = totp.recovery_code_hash(MEMBER, "ABCD-EFGH-IJKL-MNOP")
    other = create_app(config, engine=connection, SECRET_KEY="77" * 32, **CHEAP)

    with other.app_context():
        assert totp.totp_secret(MEMBER, SALT) != secret
        assert totp.recovery_code_hash(MEMBER, "ABCD-EFGH-IJKL-MNOP") != code_hash


def test_recovery_codes_are_read_however_they_are_typed(app):
    codes = totp.new_recovery_codes()

    assert len(set(codes)) == totp.RECOVERY_CODES
    assert all(re.fullmatch(r"([A-Z2-7]{4}-){3}[A-Z2-7]{4}", code) for code in codes)
    typed = f" {codes[0].lower().replace('-', ' ')} "
    assert totp.recovery_code_hash(MEMBER, typed) == totp.recovery_code_hash(MEMBER, codes[0])
    assert totp.recovery_code_hash(MEMBER, codes[0]) != totp.recovery_code_hash(uuid.UUID(int=8), codes[0])


def test_the_picture_is_black_on_white_without_styles(secret):
    picture = unquote(totp.qr_code_url(secret, name="dana@example.org", site="A site"))

    assert picture.startswith("data:image/svg+xml")
    assert "#000" in picture
    assert "#fff" in picture
    assert "style" not in picture
