"""Commands that appoint and dismiss the editors of answers about a condition."""

import click

from mapservice.cli.staff import condition_at, member_at
from mapservice.errors import SetupError
from mapservice.i18n.languages import LANGUAGES
from mapservice.store.knowledge import editors

_LANGUAGE = click.Choice(list(LANGUAGES))


@click.command("appoint-editor")
@click.argument("email")
@click.argument("condition")
@click.argument("language", type=_LANGUAGE)
def appoint_editor(email: str, condition: str, language: str) -> None:
    """Make a member an editor of the answers about a condition in a language.

    CONDITION is the slug from the condition's URL. They must have signed up first. The exit code is 0 even if there was
    nothing to do.
    """
    with member_at(email) as (session, member):
        if not member.active:
            raise SetupError("This account is closed: nothing was changed.")
        is_new = editors.appoint(session, member, condition_at(session, condition), language)
    click.echo("They are now an editor." if is_new else "They are already an editor: there is nothing to do.")


@click.command("dismiss-editor")
@click.argument("email")
@click.argument("condition")
@click.argument("language", type=_LANGUAGE)
def dismiss_editor(email: str, condition: str, language: str) -> None:
    """Make a member no longer an editor of the answers about a condition in a language.

    What they wrote stays, with the name that they gave. The exit code is 0 even if there was nothing to do.
    """
    with member_at(email) as (session, member):
        was_one = editors.dismiss(session, member, condition_at(session, condition), language)
    click.echo("They are no longer an editor." if was_one else "They are not an editor: there is nothing to do.")
