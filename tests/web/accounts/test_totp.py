"""One-time codes: which count and when, and what a stolen database is worth."""

import re
import uuid
from urllib.parse import unquote

import pyotp
import pytest

from mapservice import create_app
from mapservice.errors import UnreadableTextError
from mapservice.privacy import second_factors
from mapservice.privacy.second_factors import FactorSecrets
from mapservice.store.tables import SecondFactor
from mapservice.web.accounts import totp
from testing.accounts import CHEAP

MEMBER, NOW = uuid.UUID(int=7), 1_800_000_000
FACTOR = FactorSecrets(b"\x07" * 20, b"\x08" * 32)
CODE = "ABCD-EFGH-IJKL-MNOP"


@pytest.fixture
def app(config, connection):
    app = create_app(config, engine=connection, TESTING=True, **CHEAP)
    with app.app_context():
        yield app


@pytest.fixture
def secret():
    return totp.secret_for_phone(FACTOR)


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


def test_every_second_factor_has_a_secret_of_its_own():
    secrets = {totp.secret_for_phone(totp.new_secrets()) for _ in range(3)}

    assert len(secrets) == 3
    assert {len(secret) for secret in secrets} == {32}


def test_never_opens_what_is_stored_without_our_key(config, connection, app):
    sealed = totp.seal(FACTOR, MEMBER)
    assert totp.unseal(sealed, MEMBER) == FACTOR
    assert FACTOR.secret not in sealed
    other = create_app(config, engine=connection, SECRET_KEY="77" * 32, **CHEAP)

    with other.app_context():
        with pytest.raises(UnreadableTextError):
            totp.unseal(sealed, MEMBER)
        stored = SecondFactor(member_id=MEMBER, sealed=sealed)
        assert totp.secrets_of(stored).secret != FACTOR.secret


def test_never_takes_the_codes_of_another_member(app):
    with pytest.raises(UnreadableTextError):
        totp.unseal(totp.seal(FACTOR, MEMBER), uuid.UUID(int=8))
    assert totp.recovery_code_hash(FACTOR, MEMBER, CODE) != totp.recovery_code_hash(FACTOR, uuid.UUID(int=8), CODE)


def test_a_second_factor_of_an_earlier_version_keeps_its_secret():
    """The numbers are what version 0.2.0 made of this key and this salt."""
    earlier = second_factors.derive(b"\x07" * 32, MEMBER, "5e" * 32)

    assert totp.secret_for_phone(earlier) == "4MNAACRA2GIAD3D4BACGABZB2YEQU75X"
    assert (
        totp.recovery_code_hash(earlier, MEMBER, CODE).hex()
        == "ea38a0d10ceb757d890681565014f41766d1eecc46107dd5e0e676b0a066ea59"
    )


def test_recovery_codes_are_read_however_they_are_typed():
    codes = totp.new_recovery_codes()

    assert len(set(codes)) == totp.RECOVERY_CODES
    assert all(re.fullmatch(r"([A-Z2-7]{4}-){3}[A-Z2-7]{4}", code) for code in codes)
    typed = f" {codes[0].lower().replace('-', ' ')} "
    assert totp.recovery_code_hash(FACTOR, MEMBER, typed) == totp.recovery_code_hash(FACTOR, MEMBER, codes[0])


def test_the_picture_is_black_on_white_without_styles(secret):
    picture = unquote(totp.qr_code_url(secret, name="dana@example.org", site="A site"))

    assert picture.startswith("data:image/svg+xml")
    assert "#000" in picture
    assert "#fff" in picture
    assert "style" not in picture
