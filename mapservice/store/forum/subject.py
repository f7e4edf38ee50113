"""Deletion entries, rights, cleanup and news of the tables of the forum."""

from mapservice.privacy.deletion import impersonal, personal
from mapservice.store.forum import follows, threads
from mapservice.store.tables.declaration import WRITE, StoreSubject
from mapservice.text.marking import marked

SUBJECT = StoreSubject(
    plan=(
        personal(
            "thread_follow",
            marked("The discussions that you follow, and how far you have read them"),
            marked("deleted with the account. After a restore from a backup we have forgotten all of them"),
            comes_back=False,
        ),
        impersonal(
            "forum_thread",
            marked("The discussions of each forum: who can read each, and how many answers were written"),
            marked("deleted when nothing is left in it"),
        ),
    ),
    rights={"forum_thread": WRITE, "thread_follow": WRITE},
    cleanup=(lambda session, _config: threads.delete_empty(session),),
    news={follows.NEWS: lambda session, member: follows.unseen(session, member) > 0},
)
