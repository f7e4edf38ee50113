"""One function commits what pages, commands and the worker do."""

import ast
import datetime as dt
from pathlib import Path

import pytest

from mapservice import db
from mapservice.config import HOME
from mapservice.store.community import memberships
from mapservice.store.places import homes
from mapservice.store.tables import Member
from mapservice.withdrawal_log import Kind, WithdrawalLog

LONG_AGO = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)

#: What commits by itself, and why it may: none of it does anything for a person but to note that they were here.
ALLOWED = {
    "mapservice/db/commits.py: commit": "the one edge",
    "mapservice/db/__init__.py: _single": "looks a login up, and notes when it was used last",
    "mapservice/db/__init__.py: get_reading_session": "for a view that only reads",
    "mapservice/db/reading.py: rows": "for statements that only read",
    "mapservice/cli/provisioning.py: migrate": "changes tables, on the connection that Alembic was given",
    "mapservice/cli/provisioning.py: _provisioning_lock": "takes and returns a lock of the connection",
    "mapservice/hosting/embedded/roles.py: _superuser": "makes roles and databases, which no transaction can hold",
    "mapservice/hosting/embedded/online.py: connect": "rewrites tables, which no transaction can hold",
    "mapservice/hosting/embedded/dump.py: save": "holds a lock while a backup is made, and changes nothing",
}

# Settings with which each statement is committed at once.
_BY_ITSELF = ("autocommit", "isolation_level")


def commits(node: ast.AST) -> bool:
    """Whether something commits, or opens what commits by itself."""
    if isinstance(node, ast.Dict):
        return any(isinstance(key, ast.Constant) and key.value in _BY_ITSELF for key in node.keys)
    if isinstance(node, ast.Assign):
        return any(isinstance(target, ast.Attribute) and target.attr in _BY_ITSELF for target in node.targets)
    if not isinstance(node, ast.Call):
        return False
    if any(keyword.arg in _BY_ITSELF for keyword in node.keywords):
        return True
    if not isinstance(node.func, ast.Attribute):
        return False
    # A block of ``begin`` commits at its end, on an engine, a connection or a session; our modules begin other things.
    is_block = node.func.attr == "begin" and not (node.args or node.keywords)
    return (node.func.attr == "commit" and ast.unparse(node.func) != "db.commit") or is_block


def committing(source: str) -> set[str]:
    """The functions of a module that commit."""
    tree = ast.parse(source)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    inside = {id(node): function.name for function in functions for node in ast.walk(function)}
    return {inside.get(id(node), "<module>") for node in ast.walk(tree) if commits(node)}


def test_never_commits_but_at_the_edge():
    modules = {path.relative_to(HOME).as_posix(): path for path in (HOME / "mapservice").rglob("*.py")}

    committers = {f"{name}: {function}" for name, path in modules.items() for function in committing(path.read_text())}

    assert committers == set(ALLOWED)
    assert all(ALLOWED.values())


@pytest.mark.parametrize(
    "line",
    [
        "session.commit()",
        "get_session().commit()",
        "with engine.begin() as connection: pass",
        "with session.begin(): pass",
        "psycopg.connect(url, autocommit=True)",
        "connection.autocommit = True",
        "engine.execution_options(isolation_level='AUTOCOMMIT')",
        "session.connection(execution_options={'isolation_level': 'AUTOCOMMIT'})",
    ],
)
def test_a_second_place_that_commits_is_found(line):
    assert committing(f"def planted():\n    {line}\n") == {"planted"}


@pytest.mark.parametrize("line", ["commit(session)", "db.commit(session)", "login_sessions.begin(session, token)"])
def test_the_edge_itself_may_be_called_everywhere(line):
    assert committing(f"def planted():\n    {line}\n") == set()


@pytest.mark.parametrize("is_block", [True, False], ids=["a block of a command or of the worker", "a page"])
def test_a_withdrawal_is_logged_before_the_commit_and_marked_after_it(
    connection, bob, condition, tmp_path: Path, is_block
):
    log = WithdrawalLog(tmp_path / "withdrawals", b"k" * 32)
    seen = []

    def kept():
        return [(entry.kind, entry.is_done) for entry in log.entries(LONG_AGO)]

    def before_commit(session):
        # The end of a savepoint, in which a writer adds up the counts now and then, commits nothing.
        if not session.in_nested_transaction():
            seen.append(kept())

    def withdraw(session):
        db.event.listen(session, "before_commit", before_commit)
        homes.hide(session, memberships.get(session, session.get_one(Member, bob.id), condition))

    if is_block:
        with db.transaction(connection, log) as session:
            withdraw(session)
    else:
        with db.open_session(connection, log) as session:
            withdraw(session)
            db.commit(session)

    assert seen == [[(Kind.WITHDREW, False)]]
    assert kept() == [(Kind.WITHDREW, True)]
