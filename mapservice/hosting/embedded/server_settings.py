"""The configuration of the server: its settings, and which accounts can connect as which role."""

from collections.abc import Iterable, Mapping

from mapservice.hosting.embedded.roles import OWNER, RUNTIME, SUPERUSER

_SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    # As many as eight web processes, the most by default, and the worker may open: db.max_connections.
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "jit": "off",
    # After a crash, sync the disk with one call instead of one for each of thousands of files.
    "recovery_init_sync_method": "syncfs",
    "timezone": "UTC",
    # Deleted data disappear with their segment of the log; segments are not recycled with old content.
    "wal_recycle": "off",
    "wal_init_zero": "on",
    "min_wal_size": "32MB",
    # A confirmed write is on disk.
    "synchronous_commit": "on",
    # Statements, values and rows contain personal data: only FATAL errors are logged.
    "log_min_messages": "log",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_connections": "off",
    "log_disconnections": "off",
    # Seven files, each overwritten after a week.
    "logging_collector": "on",
    "log_filename": "%a.log",
    "log_file_mode": "0600",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
}


HBA = "local all all peer map=mapservice\n"


def configuration(further: Mapping[str, object]) -> str:
    """Return the text of postgresql.conf, with ``further`` lines."""
    return "".join(f"{name} = '{_quoted(value)}'\n" for name, value in {**_SETTINGS, **further}.items())


def ident(people: Iterable[str], guest: str = "") -> str:
    """Return the text of pg_ident.conf: ``people`` can connect as any role, the ``guest`` as that of the pages only."""
    pairs = [(user, role) for user in sorted(people) for role in (SUPERUSER, OWNER, RUNTIME)]
    if guest and guest not in people:
        pairs.append((guest, RUNTIME))
    return "".join(f'mapservice "{user}" {role}\n' for user, role in pairs)


def _quoted(value: object) -> str:
    return str(value).replace("\\", "\\\\").replace("'", "''")
