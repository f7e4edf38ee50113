"""What becomes of the rows of what all subjects share, and who may do what with them."""

from mapservice.privacy.deletion import WITH_MEMBER, Fate, no_person, of_member
from mapservice.store.declaration import WRITE, StoreSubject
from mapservice.store.site import mail_queue, operations, rate_limits

# Allowances that are no setting, such as e-mails in a day, are full again after it.
_DAY_S = 24 * 60 * 60

SUBJECT = StoreSubject(
    plan=(
        of_member("operation", "Forms you sent lately, so that pressing twice has one effect", WITH_MEMBER),
        of_member(
            "mail",
            "Letters on their way to you",
            "deleted by the address they go to; otherwise once they are sent",
            person="recipient",
            secret=("body",),
        ),
        no_person(
            "mail_failure",
            "How many e-mails of each kind could not be sent on a day",
            "numbers only; nothing is kept of whom they were for",
            fate=Fate.EXPIRES,
            deadline="90 days",
        ),
        no_person(
            "allowance",
            "How often something was done lately, under a keyed hash",
            "the key of the hash is not in the database, and a row is deleted a day after its last use",
            fate=Fate.EXPIRES,
            deadline="1 day",
        ),
        no_person("key_fingerprint", "Which keys belong to this database", "hashes of keys of the service"),
    ),
    rights={
        "operation": WRITE,
        "mail": WRITE,
        "mail_failure": WRITE,
        "allowance": WRITE,
        # The first machine that starts names its keys; only the owner changes them.
        "key_fingerprint": {"SELECT": (), "INSERT": ("name", "fingerprint")},
    },
    cleanup=(
        lambda session, config: rate_limits.forget_full(session, seconds=max(_DAY_S, config.longest_rate_s)),
        lambda session, _config: mail_queue.forget_failures(session),
        lambda session, _config: operations.forget_old(session),
    ),
)
