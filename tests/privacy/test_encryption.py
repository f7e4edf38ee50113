"""What members write can be read with its key, in its place, and in no other way."""

import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from mapservice.errors import UnreadableTextError
from mapservice.privacy import encryption
from mapservice.privacy.encryption import decrypt, encrypt

KEY = bytes(range(32))
HERE, ALICE, BOB = uuid.UUID(int=1), uuid.UUID(int=2), uuid.UUID(int=3)
PLACE = encryption.message_place(HERE, 1, ALICE)

#: Where else a row could be put, or as what it could be read.
ELSEWHERE = {
    "another conversation": encryption.message_place(BOB, 1, ALICE),
    "another number": encryption.message_place(HERE, 2, ALICE),
    "another sender": encryption.message_place(HERE, 1, BOB),
    "a draft": encryption.draft_place(HERE, ALICE),
    "a data key": encryption.data_key_place(1, HERE, "0" * 16),
    "nowhere": b"",
}


@given(some.text(max_size=200))
@settings(max_examples=50)
def test_what_was_encrypted_reads_as_it_was_written(text):
    assert decrypt(KEY, encrypt(KEY, text.encode(), PLACE), PLACE).decode() == text


@pytest.mark.parametrize("place", ELSEWHERE.values(), ids=ELSEWHERE)
def test_never_decrypts_a_row_that_was_moved(place):
    encrypted = encrypt(KEY, b"I am frightened.", PLACE)

    with pytest.raises(UnreadableTextError):
        decrypt(KEY, encrypted, place)


def test_never_decrypts_with_another_key():
    with pytest.raises(UnreadableTextError):
        decrypt(encryption.new_data_key(), encrypt(KEY, b"I am frightened.", PLACE), PLACE)


def test_never_decrypts_what_was_changed():
    encrypted = encrypt(KEY, b"I am frightened.", PLACE)

    for at in range(len(encrypted)):
        changed = encrypted[:at] + bytes([encrypted[at] ^ 1]) + encrypted[at + 1 :]
        with pytest.raises(UnreadableTextError):
            decrypt(KEY, changed, PLACE)
    for length in range(len(encrypted)):
        with pytest.raises(UnreadableTextError):
            decrypt(KEY, encrypted[:length], PLACE)


def test_never_encrypts_the_same_text_to_the_same_bytes():
    assert len({encrypt(KEY, b"Yes", PLACE) for _ in range(1000)}) == 1000


def test_places_that_differ_never_give_the_same_bytes():
    places = [
        *ELSEWHERE.values(),
        PLACE,
        encryption.data_key_place(1, HERE, ""),
        encryption.data_key_place(2, HERE, ""),
    ]

    assert len(set(places)) == len(places)
