"""Row-level security of the tables that have policies: set by the owner of the tables, and checked."""

import hashlib
from collections.abc import Mapping

from sqlalchemy import text
from sqlalchemy.orm import Session

from mapservice.store.across.subjects import POLICIES
from mapservice.store.tables.declaration import Policy

# PostgreSQL stores the conditions in words of its own. So each policy has a comment: the hash of its declaration, and
# that of what was stored for it.
_STORED = text("""
    select relname, polname, quote_ident(polname) as quoted, polpermissive and polroles = '{0}' as is_plain,
           split_part(obj_description(pg_policy.oid, 'pg_policy'), ' ', 1) as declared,
           split_part(obj_description(pg_policy.oid, 'pg_policy'), ' ', 2) as noted,
           md5(concat_ws(' ', polcmd, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))) as stored
    from pg_policy join pg_class on pg_class.oid = polrelid
    where relnamespace = current_schema()::regnamespace order by relname, polname
""")

_LIMITED = text("""
    select relname from pg_class
    where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') and relrowsecurity
""")


def differences(session: Session) -> list[str]:
    """Return what differs from the declared policies, in words."""
    limited = set(session.scalars(_LIMITED))
    expected = _hashes()
    faults = [f"all rows of {table} are open to it" for table in sorted(set(POLICIES) - limited)]
    faults += [f"no row of {table} is open to it" for table in sorted(limited - set(POLICIES))]
    stored = {(row.relname, row.polname): row for row in session.execute(_STORED)}
    for key in sorted(expected.keys() | stored.keys()):
        table, name = key
        row = stored.get(key)
        if row is None:
            faults.append(f"the policy {name} of {table} is missing")
        elif key not in expected:
            faults.append(f"there is a policy {name} of {table}")
        elif not row.is_plain or (row.declared, row.noted) != (expected[key], row.stored):
            faults.append(f"the policy {name} of {table} is another one")
    return faults


def apply(session: Session, own_tables: Mapping[str, str]) -> None:
    """Set the declared policies on the tables of this role, which are given with their quoted names."""
    limited, stored = set(session.scalars(_LIMITED)), session.execute(_STORED).all()
    statements = [
        f"drop policy {row.quoted} on {own_tables[row.relname]}" for row in stored if row.relname in own_tables
    ]
    for name in own_tables.keys() & (POLICIES.keys() | limited):
        how = "enable" if name in POLICIES else "disable"
        statements.append(f"alter table {own_tables[name]} {how} row level security")
        statements += [_created(policy, own_tables[name]) for policy in POLICIES.get(name, ())]
    for statement in statements:
        session.execute(text(statement.replace(":", r"\:")))
    hashes = _hashes()
    for row in session.execute(_STORED).all():
        if row.relname in own_tables:
            note = f"{hashes[row.relname, row.polname]} {row.stored}"
            session.execute(text(f"comment on policy {row.quoted} on {own_tables[row.relname]} is '{note}'"))


def _created(policy: Policy, table: str) -> str:
    using = f" using ({policy.using})" if policy.using else ""
    check = f" with check ({policy.check})" if policy.check else ""
    return f"create policy {policy.name} on {table} for {policy.command}{using}{check}"


def _hashes() -> dict[tuple[str, str], str]:
    """Return the hash of each declared policy, by its table and name."""
    return {(table, policy.name): _hash(policy) for table, policies in POLICIES.items() for policy in policies}


def _hash(policy: Policy) -> str:
    words = " ".join((policy.name, policy.command, policy.using, policy.check))
    return hashlib.md5(words.encode(), usedforsecurity=False).hexdigest()
