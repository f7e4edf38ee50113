"""Deletion entries, rights and cleanup of the tables of accounts."""

from mapservice.privacy.deletion import WITH_MEMBER, impersonal, personal
from mapservice.store.accounts import email_changes, known_devices, login_sessions, sign_ups, staff_looks
from mapservice.store.tables.declaration import READ, WRITE, StoreSubject
from mapservice.text.marking import marked

SUBJECT = StoreSubject(
    plan=(
        personal(
            "member",
            marked(
                "Your account: e-mail address, name, language, when you joined and the day you last signed in. If "
                "you left a count or withdrew that consent: for about 6 months the date, but not which count (the file "
                "does not include it). If you told us that you are under 18: the month you turn 18. After a restore "
                "from a backup: that we ask you to check your settings, or that your account is locked. If you deleted "
                "your location: for 90 days the date of its last change and how often you corrected it, but no zone"
            ),
            marked("this is the account itself"),
            person="id",
            secret=("password", "security_stamp"),
            untold=("left_count_on", "left_memory_on"),
            comes_back=True,
        ),
        personal(
            "email_change",
            marked(
                "Changes to your e-mail address that you asked for in the last seven days: the old address and "
                "the new one"
            ),
            WITH_MEMBER,
            comes_back=True,
        ),
        personal(
            "login_session",
            marked("Where you are signed in"),
            WITH_MEMBER,
            secret=("token_hash", "previous_hash", "data"),
            comes_back=False,
        ),
        personal(
            "known_device",
            marked(
                "The devices you have signed in on: a random number for each, and the date you last signed in "
                "there. Nothing about the device itself"
            ),
            WITH_MEMBER,
            secret=("token_hash",),
            comes_back=False,
        ),
        personal("member_staff_role", marked("Your roles as staff"), WITH_MEMBER, comes_back=True),
        personal("moderator", marked("That you are a moderator"), WITH_MEMBER, comes_back=True),
        personal(
            "second_factor",
            marked("Your second factor, if you set one up: since when, and when it was last used"),
            WITH_MEMBER,
            secret=("sealed", "salt"),
            comes_back=True,
        ),
        personal(
            "recovery_code",
            marked("Your recovery codes, as hashes"),
            marked("deleted with the second factor"),
            secret=("code_hash",),
            comes_back=True,
        ),
        personal(
            "passkey",
            marked("Your passkeys: the name you gave each, the day you added it and the day it was last used"),
            WITH_MEMBER,
            secret=("credential_id", "public_key", "sign_count"),
            comes_back=True,
        ),
        personal(
            "staff_look",
            marked(
                "What staff viewed or changed about you, and on which day, for 3 years. Of a report about you, the "
                "month, once it is over. Not who of the staff it was"
            ),
            WITH_MEMBER,
            comes_back=True,
        ),
        personal(
            "pending_sign_up",
            marked("A sign-up with your address that is not finished, and the condition whose page it started from"),
            marked("deleted by its address; otherwise once a link to it is used, and after 5 days at the latest"),
            person="email",
            secret=("token_hash",),
            comes_back=False,
        ),
        impersonal("staff_role", marked("Which roles staff can have"), marked("names of roles")),
    ),
    rights={
        "member": WRITE,
        "email_change": {"SELECT": (), "INSERT": (), "UPDATE": ("confirmed_at", "frozen_at"), "DELETE": ()},
        "login_session": WRITE,
        "known_device": WRITE,
        # Only the owner of the tables can make somebody staff, other than a moderator.
        "member_staff_role": READ,
        "moderator": {"SELECT": (), "INSERT": (), "DELETE": ()},
        "second_factor": WRITE,
        "recovery_code": WRITE,
        "passkey": {"SELECT": (), "INSERT": (), "UPDATE": ("name", "sign_count", "used_on"), "DELETE": ()},
        "staff_look": {"SELECT": (), "INSERT": (), "DELETE": ()},
        "pending_sign_up": {"SELECT": (), "INSERT": (), "DELETE": ()},
        "staff_role": READ,
    },
    cleanup=(
        lambda session, config: login_sessions.delete_expired(session, member=login_sessions.member_lifetime(config)),
        lambda session, _config: sign_ups.delete_expired(session),
        lambda session, _config: email_changes.delete_old(session),
        lambda session, _config: known_devices.delete_unused(session),
        lambda session, _config: staff_looks.delete_expired(session),
    ),
    readers={"staff_look": staff_looks.rows_for_file},
)
