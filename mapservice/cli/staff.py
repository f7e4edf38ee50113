"""Commands that appoint and dismiss staff, remove a lost second factor, and record that a member is an adult."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.orm import Session

from mapservice import db
from mapservice.actions import appoint as staff_actions
from mapservice.cli.connection import owner_engine
from mapservice.config import Config
from mapservice.errors import AccountClosedError, SetupError, UnknownConditionError
from mapservice.privacy.staff_looks import LookKind
from mapservice.store.accounts import members, minors, staff_looks
from mapservice.store.accounts import staff as roles
from mapservice.store.catalogue import conditions
from mapservice.store.community import memberships
from mapservice.store.tables import Condition, Member
from mapservice.text.email_address import normalize_email
from mapservice.withdrawal_log import WithdrawalLog

_ROLE = click.Choice([roles.ADMIN, roles.MODERATOR])


@click.command()
@click.argument("email")
@click.argument("role", type=_ROLE)
def appoint(email: str, role: str) -> None:
    """Give a member a staff role: admin or moderator.

    They must have signed up first. They are signed out everywhere. Staff pages then ask them to set up a second factor.
    The exit code is 0 even if there was nothing to do.
    """
    with member_at(email) as (session, member):
        try:
            is_new = staff_actions.appoint(session, member, role)
        except AccountClosedError as problem:
            raise SetupError("This account is closed: nothing was changed.") from problem
    click.echo(f"They are now {role}." if is_new else f"They are already {role}: there is nothing to do.")


@click.command()
@click.argument("email")
@click.argument("role", type=_ROLE)
def dismiss(email: str, role: str) -> None:
    """Remove a staff role from a member, at once.

    They are signed out everywhere and stay an ordinary member, with their second factor. The exit code is 0 even if
    there was nothing to do.
    """
    with member_at(email) as (session, member):
        was_one = staff_actions.dismiss(session, member, role)
    click.echo(f"They are no longer {role}." if was_one else f"They are not {role}: there is nothing to do.")


@click.command("forget-factor")
@click.argument("email")
@click.option("--yes", is_flag=True, help="Do not ask.")
def forget_factor(email: str, yes: bool) -> None:
    """Remove a second factor whose phone and recovery codes are lost.

    They are signed out everywhere, and can then sign in, and set up a new one, with only their password. So first make
    sure, by a way other than e-mail, that the request is really from them, and that they set it up at once. The exit
    code is 0 even if there was nothing to do.
    """
    if not yes:
        click.confirm("Are you sure that the request is really from them?", abort=True)
    with member_at(email) as (session, member):
        had_one = staff_actions.reset_second_factor(session, member)
    click.echo(
        "The second factor has been removed." if had_one else "They have no second factor: there is nothing to do."
    )


@click.command("come-of-age")
@click.argument("email")
@click.argument("condition", required=False)
@click.option("--yes", is_flag=True, help="Do not ask.")
def come_of_age(email: str, condition: str | None, yes: bool) -> None:
    """Record that a member, or the person they represent, is not under 18.

    CONDITION is the slug from the condition's URL, for a membership on behalf of someone under 18. Without it, this is
    about the member. Ask the member first, by a way other than e-mail. This does not change what is shown: the member
    can then choose to show more. The exit code is 0 even if there was nothing to do.
    """
    if not yes:
        click.confirm("Are you sure that they have turned 18?", abort=True)
    with member_at(email) as (session, member):
        if condition is None:
            was_minor = minors.set_adult(member)
            if was_minor:
                staff_looks.note(session, member.id, LookKind.AGE_CHANGED)
            click.echo("They are now an adult." if was_minor else "Nothing to do: they are an adult.")
            return
        membership = memberships.find(session, member, condition_at(session, condition))
        if membership is None:
            raise SetupError("They have not joined the community for this condition: nothing was changed.")
        was_for_minor = memberships.come_of_age(session, membership)
        if was_for_minor:
            staff_looks.note(session, member.id, LookKind.AGE_CHANGED)
    click.echo(
        "The membership is now for an adult." if was_for_minor else "It was for an adult: there is nothing to do."
    )


def condition_at(session: Session, slug: str) -> Condition:
    """Return the condition with a slug.

    :raise SetupError: if there is none.
    """
    try:
        return conditions.get(session, slug, hidden=True)
    except UnknownConditionError as problem:
        raise SetupError("There is no such condition: use the slug from the condition's URL.") from problem


@contextmanager
def member_at(email: str) -> Iterator[tuple[Session, Member]]:
    """Yield the member with an e-mail address, in a transaction.

    :raise SetupError: if there is none.
    """
    config = Config.from_environment()
    with owner_engine(config) as engine, db.transaction(engine, WithdrawalLog.of(config)) as session:
        member = members.by_email(session, normalize_email(email))
        if member is None:
            raise SetupError("No account has this e-mail address: they must first sign up on the site.")
        yield session, member
