"""Roles, extensions and privileges of the private database, and its creation."""

from pathlib import Path

import psycopg
from psycopg import sql

DATABASE = "mapservice"
SUPERUSER = "postgres"
OWNER = "mapservice_owner"  # migrations and loaders
RUNTIME = "mapservice"  # pages and the worker: no DDL
EXTENSIONS = ("postgis", "pg_trgm", "unaccent")

# The privileges of the pages on each table are in the subject.py of each folder of store; ``load`` sets them.
_GRANTS = f"""
    revoke create on schema public from public;
    grant usage on schema public to {RUNTIME};
    grant usage, create on schema public to {OWNER};
"""


def create_database(socket: Path) -> None:
    """Create the roles, the database and its extensions; the database gets its name last.

    One that is there gets the extensions that it lacks: an earlier version made it without them.
    """
    with _superuser(socket, "postgres") as db:
        if db.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
            _add_extensions(socket, DATABASE)
            return
        for role in (OWNER, RUNTIME):
            if not db.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone():
                db.execute(sql.SQL("create role {} login").format(sql.Identifier(role)))
    make_database(socket, "fresh")
    replace_service_database(socket, "fresh")


def make_database(socket: Path, name: str) -> None:
    """Create an empty database of the owner with the extensions, replacing one of the same name."""
    with _superuser(socket, "postgres") as db:
        _drop(db, name)
        db.execute(sql.SQL("create database {} owner {}").format(sql.Identifier(name), sql.Identifier(OWNER)))
    _add_extensions(socket, name)
    with _superuser(socket, name) as fresh:
        fresh.execute(sql.SQL(_GRANTS))


def drop_database(socket: Path, name: str) -> None:
    """Drop a database, if it exists."""
    with _superuser(socket, "postgres") as db:
        _drop(db, name)


def replace_service_database(socket: Path, name: str) -> None:
    """Rename a database to that of the service, in one step; the previous one is dropped afterwards."""
    with _superuser(socket, "postgres") as db:
        _drop(db, _BEFORE)
        with db.transaction():
            db.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = any(%s)",
                       [[name, DATABASE]])  # fmt: skip
            if db.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
                _rename(db, DATABASE, _BEFORE)
            _rename(db, name, DATABASE)
        _drop(db, _BEFORE)


def reload(socket: Path) -> None:
    """Make the server reload its settings, which takes a moment."""
    with _superuser(socket, "postgres") as db:
        db.execute("select pg_reload_conf()")


_BEFORE = "before"


def _add_extensions(socket: Path, name: str) -> None:
    with _superuser(socket, name) as db:
        there = {extension for (extension,) in db.execute("select extname from pg_extension")}
        for extension in EXTENSIONS:
            if extension not in there:
                db.execute(sql.SQL("create extension {}").format(sql.Identifier(extension)))


def _rename(db: psycopg.Connection, name: str, new: str) -> None:
    db.execute(sql.SQL("alter database {} rename to {}").format(sql.Identifier(name), sql.Identifier(new)))


def _drop(db: psycopg.Connection, name: str) -> None:
    db.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def _superuser(socket: Path, database: str) -> psycopg.Connection:
    return psycopg.connect(host=str(socket), port=5432, user=SUPERUSER, dbname=database, autocommit=True)
