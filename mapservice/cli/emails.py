"""Commands for e-mails: the outbox folder used without a mail server, and failed e-mails."""

from email import policy
from email.parser import BytesParser

import click

from mapservice import db
from mapservice.cli.connection import owner_engine
from mapservice.config import Config
from mapservice.errors import SetupError
from mapservice.store.site import mail_queue


@click.command()
def outbox() -> None:
    """Print the latest e-mail in the outbox folder."""
    folder = Config.from_environment().state / "outbox"
    files = sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime) if folder.is_dir() else []
    if not files:
        raise SetupError(f"There is no e-mail in {folder} yet.")
    message = BytesParser(policy=policy.default).parsebytes(files[-1].read_bytes())
    body = message.get_body(("plain",))
    click.echo(f"To: {message['To']}\nSubject: {message['Subject']}\n\n{body.get_content() if body else ''}")


@click.command("mail-failures")
def mail_failures() -> None:
    """Print how many e-mails are waiting, and how many have failed, by day.

    The service gives up on an e-mail when its recipient is refused permanently, or after twelve tries in half a day. It
    is counted by kind. We do not store the recipient. Admins see the same on their first page.
    """
    with owner_engine(Config.from_environment()) as engine, db.transaction(engine) as session:
        click.echo(f"Waiting to be tried again: {mail_queue.retried(session)}")
        rows = [(row.day, row.kind or "other", row.reason, row.emails) for row in mail_queue.failures(session)]
    for day, kind, reason, emails in rows:
        click.echo(
            f"{day}  {emails:>5}  {kind}  ({'refused' if reason == mail_queue.Failure.REFUSED else 'no try succeeded'})"
        )
    if not rows:
        click.echo(f"No e-mails have failed in the last {mail_queue.FAILURE_RETENTION.days} days.")
