"""Who may do what in the database, and the making of it: roles, extensions, grants."""

from pathlib import Path

import psycopg
from psycopg import sql

DATABASE = "mapservice"
SUPERUSER = "postgres"
OWNER = "mapservice_owner"  # migrations and loaders
RUNTIME = "mapservice"  # pages and the worker: no DDL
EXTENSIONS = ("postgis", "pg_trgm")

# What the pages may do with each table is said in store/rights, and set by whoever makes the tables.
_GRANTS = f"""
    revoke create on schema public from public;
    grant usage on schema public to {RUNTIME};
    grant usage, create on schema public to {OWNER};
"""


def furnish(socket: Path) -> None:
    """Make the roles, the database and its extensions; the database gets its name last."""
    with _superuser(socket, "postgres") as db:
        if db.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
            return
        for role in (OWNER, RUNTIME):
            if not db.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone():
                db.execute(sql.SQL("create role {} login").format(sql.Identifier(role)))
        db.execute("drop database if exists fresh")
        db.execute(sql.SQL("create database fresh owner {}").format(sql.Identifier(OWNER)))
        with _superuser(socket, "fresh") as fresh:
            for extension in EXTENSIONS:
                fresh.execute(sql.SQL("create extension {}").format(sql.Identifier(extension)))
            fresh.execute(sql.SQL(_GRANTS))
        db.execute(sql.SQL("alter database fresh rename to {}").format(sql.Identifier(DATABASE)))


def _superuser(socket: Path, database: str) -> psycopg.Connection:
    return psycopg.connect(host=str(socket), port=5432, user=SUPERUSER, dbname=database, autocommit=True)
