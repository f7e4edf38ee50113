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
                "In which communities you used a code: whether you confirmed that someone else represents the same "
                "person, and a code that you entered for this in the last 24 hours. Not who that is"
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
        personal(
            "memorial",
            marked(
                "What you chose after the death of the person you represent, and on which day. While you can undo it: "
                "whether you were visible and counted before. If they are in memory: the country in which they are "
                "counted. The file does not say from when on"
            ),
            marked(
                "a removal is deleted after 30 days, with the membership; memory when you withdraw your "
                "consent, and with the account"
            ),
            of_others=("person_id",),
            untold=("due_on", "counted_on"),
            comes_back=True,
        ),
        personal(
            "memorial_notice",
            marked(
                "That someone else who represents the same person says that they have died. Not who. The file does not "
                "say whether there is anything before we tell you"
            ),
            marked("deleted when you say that you have read it, and when you leave the community"),
            is_told=False,
            comes_back=True,
        ),
    ),
    # Releases write who was not counted, and no page does.
    rights={
        "speaker": WRITE,
        "person_code": WRITE,
        "uncounted_speaker": READ,
        # The pages may take somebody out of the numbers of remembered people, and never add anybody.
        "memorial": {
            "SELECT": (),
            "INSERT": (
                *("condition_id", "id", "member_id", "person_id", "choice", "closed_on", "was_shown", "counted_since"),
                *("country", "due_on", "is_final"),
            ),
            "UPDATE": ("choice", "country", "due_on", "was_shown", "counted_since", "is_final"),
            "DELETE": (),
        },
        "memorial_notice": WRITE,
    },
    cleanup=(codes.delete_expired,),
)
