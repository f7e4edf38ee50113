"""The rights of the database role of the pages: one list, set by the owner and checked. All else is forbidden.

Of some tables the rights are limited to some rows, by the policies of ``store/across/policies.py``.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from mapservice.errors import SetupError
from mapservice.store.across import policies, privileges
from mapservice.store.across.subjects import RIGHTS, VIEW_RIGHTS

# Views have their rights as tables do.
_ALL = RIGHTS | VIEW_RIGHTS

#: Privileges granted per column; the others are granted for a whole table.
BY_COLUMN = ("SELECT", "INSERT", "UPDATE", "REFERENCES")


@dataclass(frozen=True, order=True, slots=True)
class Right:
    """One privilege of a role on a table, or on a column of it; ``passed_on`` if the role can grant it to others."""

    table: str
    privilege: str
    column: str = ""
    passed_on: bool = False


def has_role(session: Session, role: str) -> bool:
    """Return whether the server has a role."""
    return bool(session.scalar(privileges.HAS_ROLE, {"role": role}))


def owns_tables(session: Session) -> bool:
    """Return whether the role of this session owns the tables, or has the rights of their owner."""
    return bool(session.scalar(privileges.OWNS))


def apply(session: Session, role: str) -> bool:
    """Grant a role the rights of the list and revoke all others, as the owner of the tables; False if nothing changed.

    What only a superuser can change stays unchanged and is reported by ``check``.
    """
    if not differences(session, role):
        return False
    for statement in _statements(session, role):
        session.execute(text(statement.replace(":", r"\:")))
    own = session.execute(privileges.MINE).all()
    policies.apply(session, {row.name: row.quoted for row in own if row.is_table})
    return True


def check(session: Session, role: str) -> None:
    """Check that a role has the rights of the list and no others.

    :raise SetupError: if not; the message names the differences.
    """
    deviations = differences(session, role)
    if deviations:
        more = f"; and {len(deviations) - _NAMED} more" if len(deviations) > _NAMED else ""
        raise SetupError(
            f"The role {role} has other rights than the pages need: {'; '.join(deviations[:_NAMED])}{more}. "
            "Run `mapservice load` as the owner of the tables. If it cannot change them, a superuser must: "
            "see docs/operators.md, section 2."
        )


# Maximum number of differences in a message.
_NAMED = 5


def differences(session: Session, role: str) -> list[str]:
    """Return the rights that a role has and should not have, or lacks and should have, each in words."""
    if not has_role(session, role):
        return ["there is no such role"]
    faults = list(session.scalars(privileges.FAULTS, {"role": role}))
    if faults[:1] == ["it is a superuser"]:
        return faults[:1]
    for name, privilege in session.execute(privileges.PUBLIC):
        faults.append(f"everybody may {privilege.lower()} {name}")
    for function in session.execute(privileges.FUNCTIONS, {"role": role}):
        faults.append(f"it may run {function.name}{' with the rights of its owner' if function.prosecdef else ''}")
    return faults + _of_tables(session, role) + policies.differences(session)


def _of_tables(session: Session, role: str) -> list[str]:
    columns: dict[str, set[str]] = {name: set(names) for name, names in session.execute(privileges.COLUMNS)}
    actual, expected = _actual_rights(session, role), _expected_rights(columns)
    return [
        *_in_words("it may", actual - expected, columns),
        *_in_words("it may not", expected - actual, columns),
        *(f"there is no table {name}" for name in sorted(set(_ALL) - set(columns))),
    ]


def _actual_rights(session: Session, role: str) -> set[Right]:
    version = session.connection().dialect.server_version_info or (0,)
    whole = ["DELETE", "TRUNCATE", "TRIGGER", *(["MAINTAIN"] if version >= (17,) else [])]
    rows = session.execute(privileges.HELD, {"role": role, "by_column": list(BY_COLUMN), "whole": whole})
    # The tables of an extension, such as the reference systems of PostGIS, may be read.
    return {
        Right(row.name, row.privilege, row.column, row.passed_on)
        for row in rows
        if not row.is_foreign or row.passed_on or row.privilege != "SELECT"
    }


def _expected_rights(columns: Mapping[str, set[str]]) -> set[Right]:
    return {
        Right(table, privilege, column)
        for table, rights in _ALL.items()
        for privilege, named in rights.items()
        for column in ((named or columns.get(table, ())) if privilege in BY_COLUMN else [""])
    }


def _in_words(how: str, rights: Iterable[Right], columns: Mapping[str, set[str]]) -> list[str]:
    """Return rights as sentences; columns are not named where all columns of a table are included."""
    by_table: dict[tuple[str, str, bool], set[str]] = defaultdict(set)
    for right in rights:
        by_table[right.table, right.privilege, right.passed_on].add(right.column)
    sentences = []
    for (table, privilege, passed_on), named in sorted(by_table.items()):
        some = "" if named in ({""}, columns.get(table)) else f" ({', '.join(sorted(named))})"
        sentences.append(f"{how} {privilege.lower()} {table}{some}{', and let others do so' if passed_on else ''}")
    return sentences


def _statements(session: Session, role: str) -> list[str]:
    """Return the statements for the owner of the tables: everything is revoked, then the list is granted."""
    quote = session.connection().dialect.identifier_preparer.quote_identifier
    role_name = quote(role)
    own_relations = {row.name: row for row in session.execute(privileges.MINE)}
    done = []
    for row in session.execute(privileges.DEFAULTS):
        in_schema = f" in schema {quote(row.schema)}" if row.schema else ""
        done.append(f"alter default privileges{in_schema} revoke all on {row.what} from {role_name}, public")
    for schema, is_ours in session.execute(privileges.SCHEMAS):
        done.append(f"revoke create on schema {quote(schema)} from {role_name}, public")
        if is_ours:
            done.append(f"grant usage on schema {quote(schema)} to {role_name}")
    for row in own_relations.values():
        done.append(f"revoke all on {'sequence' if row.is_sequence else 'table'} {row.quoted} from {role_name}, public")
    for function in session.execute(privileges.FUNCTIONS, {"role": role}):
        if function.is_mine:
            done.append(f"revoke all on routine {function.name} from {role_name}, public")
    for name in set(_ALL) & set(own_relations):
        for privilege, named in _ALL[name].items():
            some = f" ({', '.join(quote(column) for column in named)})" if named else ""
            done.append(f"grant {privilege}{some} on table {own_relations[name].quoted} to {role_name}")
    return done
