"""What the server reads at its start: its settings, and who may come in as whom."""

from collections.abc import Iterable, Mapping

from mapservice.hosting.embedded.roles import OWNER, RUNTIME, SUPERUSER

_SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "jit": "off",
    # After a crash one call syncs the disk, instead of one for each of thousands of files.
    "recovery_init_sync_method": "syncfs",
    "timezone": "UTC",
    # What was written of people goes with its segment of the log, and no segment is used again with it still inside.
    "wal_recycle": "off",
    "wal_init_zero": "on",
    "min_wal_size": "32MB",
    # An answered write is on the disk.
    "synchronous_commit": "on",
    # A statement, its values and the row it failed on tell of people: of an error nothing is written down but FATAL.
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
    """The text of postgresql.conf, with ``further`` lines."""
    return "".join(f"{name} = '{_quoted(value)}'\n" for name, value in {**_SETTINGS, **further}.items())


def ident(people: Iterable[str], guest: str = "") -> str:
    """The text of pg_ident.conf: ``people`` of the machine come in as everybody, the ``guest`` as the pages only."""
    pairs = [(who, role) for who in sorted(people) for role in (SUPERUSER, OWNER, RUNTIME)]
    if guest and guest not in people:
        pairs.append((guest, RUNTIME))
    return "".join(f'mapservice "{who}" {role}\n' for who, role in pairs)


def _quoted(value: object) -> str:
    return str(value).replace("\\", "\\\\").replace("'", "''")
