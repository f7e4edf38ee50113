"""Commands for letters that go to the outbox folder, where no mail server is set."""

from email import policy
from email.parser import BytesParser

import click

from mapservice.config import Config
from mapservice.errors import SetupError


@click.command()
def outbox() -> None:
    """Print the latest letter of the outbox folder."""
    folder = Config.from_environment().state / "outbox"
    letters = sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime) if folder.is_dir() else []
    if not letters:
        raise SetupError(f"No letter is in {folder} yet.")
    letter = BytesParser(policy=policy.default).parsebytes(letters[-1].read_bytes())
    body = letter.get_body(("plain",))
    click.echo(f"To: {letter['To']}\nSubject: {letter['Subject']}\n\n{body.get_content() if body else ''}")
