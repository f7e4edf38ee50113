"""Commands that run the service, as a whole or only its worker."""

import fcntl
import pwd
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import click
import psycopg
from sqlalchemy.exc import DBAPIError

from mapservice import db, logs
from mapservice.cli import demo, provisioning
from mapservice.cli.connection import DatabaseUrls, check_pages, database_urls, pages_role
from mapservice.config import Config
from mapservice.errors import SetupError
from mapservice.hosting import embedded, process_records, run_as
from mapservice.hosting.port_check import check_port, wait_until_it_answers
from mapservice.hosting.processes import GRACE_S, load_pages, print_line, web, work
from mapservice.hosting.startup_checks import check_keys_in, check_log, check_machine, name_warning
from mapservice.hosting.stopping import Stop, interrupt_on_signals, stop_on_signals
from mapservice.hosting.supervisor import Child, supervise
from mapservice.store.accounts.staff import DEMO_LOGINS
from mapservice.store.operator import settings as service_settings


@click.command()
@click.option("--empty", is_flag=True, help="Start without the demo community.")
@click.option("--port", type=click.IntRange(1, 65535), help="TCP port to listen on.  [default: 8000]")
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
def serve(empty: bool, port: int | None, host: str | None) -> None:
    """Run the service: database, web processes and worker, until Ctrl-C.

    It first creates and loads what is missing. Processes that die are started again. If this process is killed, the
    others continue, and the next start takes over from them. mapservice stop ends them too.
    """
    overrides: dict[str, Any] = {
        name: value for name, value in {"port": port, "host": host}.items() if value is not None
    }
    config = settings(empty, Config.from_environment(**overrides))
    logs.configure()
    interrupt_on_signals()
    with service_lock(config.state, takes_over=True) as lock:
        process_records.record(config.state, process_records.SUPERVISOR)
        has_survivors = bool(surviving_processes(config.state))
        if not has_survivors:
            check_port(config)
        with database(config) as db_urls:
            if not is_newest(db_urls):
                process_records.end(surviving_processes(config.state), within=GRACE_S)
            prepare(config, db_urls, empty)
            load_pages()
            account = run_as.prepare_account(config)
            # Processes left behind by a killed supervisor respond until this point.
            process_records.end(surviving_processes(config.state), within=GRACE_S)
            check_port(config, within=GRACE_S if has_survivors else 0.0)
            run(config, stop_on_signals(), lock, account)


@click.command()
def worker() -> None:
    """Run background tasks, such as sending e-mails. serve starts one worker."""
    config = Config.from_environment()
    logs.configure()
    check_machine(config, database_urls(config).runtime)
    work(config)


def settings(empty: bool, config: Config) -> Config:
    """Return the settings as a demo, unless the service is to be empty, is for production, or has a given database.

    :raise SetupError: if a demo would be reachable from other machines.
    """
    is_demo = not empty and not config.production and (config.demo or not config.database_url)
    if is_demo and not config.is_loopback:
        raise SetupError(
            f"A demo has logins that everyone knows: start with --empty to listen on {config.host}, "
            "or without --host to keep the demo on this machine."
        )
    return replace(config, demo=is_demo)


def prepare(config: Config, db_urls: DatabaseUrls, empty: bool) -> None:
    """Migrate, load data and create the demo community as needed; check the rights of the pages.

    If a newer version has updated the database, nothing is migrated or loaded.

    :raise SetupError: if this version cannot use the database.
    """
    engine = db.new_engine(db_urls.owner, timeouts=False)
    try:
        warning = provisioning.check_newer(engine)
        if warning:
            click.echo(f"Warning: {warning}", err=True)
        with provisioning.progress_bars() as bars:
            if not warning:
                provisioning.migrate(engine)
                provisioning.load(engine, bars, role=pages_role(config))
            check_keys_in(config, engine)
            check_log(config)
            of_name = name_warning(config, engine)
            if of_name:
                click.echo(f"Warning: {of_name}", err=True)
            if config.demo:
                demo.ensure_demo(engine, config, bars)
            else:
                demo.check_or_remove_demo(engine, config, remove=empty)
    finally:
        engine.dispose()
    check_pages(config, db_urls.runtime, is_newer=bool(warning))
    if not warning and not config.demo:
        warn_of_service(config, db_urls.owner)


def warn_of_service(config: Config, url: str) -> None:
    """Print which pages about the service are still empty, and whether its name has a word from that of a condition."""
    engine = db.new_engine(url, pool_size=1, timeouts=False)
    try:
        with db.transaction(engine) as session:
            is_telling = service_settings.check_name(session, config.site_name)
            missing = service_settings.load(session).missing_texts
    finally:
        engine.dispose()
    if missing:
        click.echo(
            f"Warning: visitors cannot open these pages, because they are still empty: {', '.join(missing)}. "
            f"An admin writes them at {config.address}/admin/service/.",
            err=True,
        )
    if is_telling:
        click.echo(
            "Warning: the name of the service has a word from the name of a condition. E-mails leave it out, because "
            "it would tell others what someone lives with.",
            err=True,
        )


def surviving_processes(state: Path) -> list[process_records.Process]:
    """Return the processes that a killed supervisor left behind."""
    return process_records.running(state, *process_records.SURVIVORS)


def is_newest(db_urls: DatabaseUrls) -> bool:
    """Return whether the database is at the newest revision, so that running processes may continue for a moment."""
    engine = db.new_engine(db_urls.owner, timeouts=False)
    try:
        return provisioning.is_newest(engine)
    finally:
        engine.dispose()


@contextmanager
def service_lock(state: Path, *, takes_over: bool = False) -> Iterator[IO[str]]:
    """Hold the lock of a state folder, so that only one service uses it at a time.

    With ``takes_over`` processes left behind by a killed supervisor are no obstacle.

    :raise SetupError: if another service runs.
    """
    with ExitStack() as stack:
        try:
            state.mkdir(mode=0o711, parents=True, exist_ok=True)
            lock = stack.enter_context((state / "serve.lock").open("w"))
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SetupError(
                f"A service is already running on {state}: stop it, or set MAPSERVICE_STATE to another folder."
            ) from None
        except PermissionError:
            raise SetupError(
                f"This account cannot write to {state}: set MAPSERVICE_STATE to a folder that it can write to."
            ) from None
        if not takes_over and surviving_processes(state):
            raise SetupError(f"Processes of a service are still running on {state}: run mapservice stop first.")
        yield lock


@contextmanager
def database(config: Config) -> Iterator[DatabaseUrls]:
    """Open the database of the service; a private one is stopped at the end.

    If a start fails while processes of an earlier one still respond, it keeps running for them.
    """
    try:
        yield database_urls(config)
    except (DBAPIError, psycopg.Error):
        if not config.database_url and embedded.is_full(config.state):
            raise SetupError(f"The disk of {config.state} is full: free some space there and start again.") from None
        raise
    finally:
        if not config.database_url and not surviving_processes(config.state):
            embedded.stop(config.state)


def run(
    config: Config,
    stop: Stop,
    lock: IO[str] | None = None,
    account: pwd.struct_passwd | None = None,
) -> None:
    """Keep the processes of the service running until told to stop, then stop them in order.

    The web processes run as ``account``; None: as the account of this process.
    """
    children = [web_child(config, lock, account), Child("worker", work, config, lock)]
    try:
        for child in children:
            child.keep_alive()
        if wait_until_it_answers(config, children[0], stop):
            print_welcome(config)
        supervise(config, children, stop)
    finally:
        print_line("Stopping …")
        for child in children:
            child.ask_to_stop()
        for child in children:
            child.stop()


def web_child(config: Config, lock: IO[str] | None, account: pwd.struct_passwd | None) -> Child:
    """Return the web process, to be started; it gets the keys that its account cannot read."""
    if account is None:
        return Child("web", web, config, lock)

    def run(config: Config) -> None:
        run_as.switch_to(account, port=config.port)
        web(config)

    return Child("web", run, run_as.with_keys(config), lock)


def print_welcome(config: Config) -> None:
    """Print the URL of the service, and who can sign in."""
    print_line(f"\n{config.site_name} is at {config.address}/ (Ctrl-C stops it)\n")
    if config.demo:
        print_line("This is a demo for this machine only. Sign in as:")
        for login in DEMO_LOGINS:
            print_line(f"  {login.role or 'member':<10} {login.email:<28} {login.password}")
        print_line()
