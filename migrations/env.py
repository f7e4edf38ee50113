"""Runs the migrations on the connection that the app hands in, or on the configured database."""

from alembic import context
from geoalchemy2 import alembic_helpers
from sqlalchemy import text

from mapservice.config import Config
from mapservice.db import new_engine
from mapservice.store.tables import Base


def run(connection):
    """Bring the database to the wanted revision; waits for no lock longer than 10 s."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_object=alembic_helpers.include_object,
        process_revision_directives=alembic_helpers.writer,
        render_item=alembic_helpers.render_item,
        compare_type=True,
        compare_server_default=False,
    )
    with context.begin_transaction():
        connection.execute(text("set local lock_timeout = '10s'"))
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with new_engine(Config.from_environment().database_url, timeouts=False).connect() as connection:
        run(connection)
