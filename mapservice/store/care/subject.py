"""Deletion entries, rights and cleanup of the tables about caregivers."""

from mapservice.privacy.deletion import personal
from mapservice.store.care import codes
from mapservice.store.tables.declaration import READ, WRITE, StoreSubject
from mapservice.text.marking import marked

_WITH_MEMBERSHIP = marked("deleted when you leave the community, and with the account")

SUBJECT = StoreSubject(
    plan=(
        personal(
            "speaker",
            marked(
                "What you said about the person you represent in a community: your relationship and an age range. "
                "Whether you confirmed that someone else represents the same person, and a code that you entered for "
                "this in the last 24 hours. Not who that is"
            ),
            _WITH_MEMBERSHIP,
            secret=("entered_hash",),
            of_others=("person_id",),
            comes_back=True,
        ),
        personal(
            "person_code",
            marked("The code you made for someone else who represents the same person, or for that person, as a hash"),
            marked("deleted when it is confirmed or refused, otherwise after 24 hours"),
            secret=("code_hash",),
            comes_back=False,
        ),
        personal(
            "uncounted_speaker",
            marked(
                "That you were not counted because someone else who represents the same person was. The file does "
                "not say whether there is anything"
            ),
            _WITH_MEMBERSHIP,
            is_told=False,
            comes_back=True,
        ),
    ),
    # Releases write who was not counted, and no page does.
    rights={"speaker": WRITE, "person_code": WRITE, "uncounted_speaker": READ},
    cleanup=(codes.delete_expired,),
)
