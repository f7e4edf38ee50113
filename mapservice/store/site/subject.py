"""Deletion entries, rights and cleanup of the tables shared by all subjects."""

from mapservice.privacy.deletion import WITH_MEMBER, Fate, impersonal, personal
from mapservice.store.site import mail_queue, operations, rate_limits
from mapservice.store.tables.declaration import WRITE, StoreSubject
from mapservice.text.marking import marked

# Rate limits that are not settings, such as e-mails per day, are full again after it.
_DAY_S = 24 * 60 * 60

SUBJECT = StoreSubject(
    plan=(
        personal(
            "operation",
            marked("Forms you sent recently, so that pressing a button twice has one effect"),
            WITH_MEMBER,
            comes_back=False,
        ),
        personal(
            "mail",
            marked("E-mails on their way to you"),
            marked("deleted by the address they go to; otherwise once they are sent"),
            person="recipient",
            secret=("body",),
            comes_back=False,
        ),
        impersonal(
            "mail_failure",
            marked("How many e-mails of each kind could not be sent on a day"),
            marked("numbers only; we do not store the recipients"),
            fate=Fate.EXPIRES,
            deadline=marked("90 days"),
        ),
        impersonal(
            "allowance",
            marked("How often people did something recently, such as signing in, under a keyed hash"),
            marked("the key of the hash is not in the database, and a row is deleted a day after its last use"),
            fate=Fate.EXPIRES,
            deadline=marked("1 day"),
            comes_back=False,
        ),
        impersonal(
            "key_fingerprint", marked("Which keys belong to this database"), marked("hashes of keys of the service")
        ),
    ),
    rights={
        "operation": WRITE,
        "mail": WRITE,
        "mail_failure": WRITE,
        "allowance": WRITE,
        # The first machine that starts registers its keys; only the owner of the tables can change them.
        "key_fingerprint": {"SELECT": (), "INSERT": ("name", "fingerprint")},
    },
    cleanup=(
        lambda session, config: rate_limits.delete_full(session, seconds=max(_DAY_S, config.longest_rate_s)),
        lambda session, _config: mail_queue.delete_expired_failures(session),
        lambda session, _config: operations.delete_expired(session),
    ),
)
