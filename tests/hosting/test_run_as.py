"""Root starts the service: whoever answers requests is of an account that may do nothing else."""

import datetime as dt
import errno
import multiprocessing
import os
import pwd
import shutil
import socket
import tempfile
import uuid
from pathlib import Path

import psycopg
import pytest

from mapservice.cli import serve
from mapservice.config import Config
from mapservice.errors import SetupError
from mapservice.hosting import embedded, run_as
from mapservice.hosting.embedded import guest, server_settings
from mapservice.mail import outbox
from mapservice.store.tables import Mail
from mapservice.withdrawal_log import Kind, WithdrawalLog, folder
from testing import clusters

PORT = 8000
NOW = dt.datetime(2026, 5, 4, 10, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def account():
    """An account that every machine has, and that may do nothing."""
    return pwd.getpwnam("nobody")


@pytest.fixture
def state():
    """A folder that other accounts can enter, unlike pytest's own."""
    path = Path(tempfile.mkdtemp(prefix="mapservice-test-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def served():
    """A folder like that with a private database that runs."""
    with clusters.empty() as path:
        yield path


def as_account(account, act, port=PORT):
    """What an act returns in a process of an account, or the class of its error."""
    fork = multiprocessing.get_context("fork")
    receiver, sender = fork.Pipe(duplex=False)

    def run():
        try:
            os.setgroups([0])
            run_as.switch_to(account, port=port)
            sender.send(act())
        except Exception as problem:
            sender.send(type(problem).__name__)

    process = fork.Process(target=run)
    process.start()
    sender.close()
    try:
        return receiver.recv()
    finally:
        process.join()


def connects(url):
    with psycopg.connect(url.replace("+psycopg", "")) as db:
        return db.execute("select current_user").fetchone()[0]


def test_never_lets_the_web_processes_into_the_database_as_anybody_but_the_pages():
    lines = server_settings.ident({"root", "postgres"}, "mapservice").splitlines()

    assert [line for line in lines if line.split()[1] == '"mapservice"'] == ['mapservice "mapservice" mapservice']
    assert server_settings.ident({"ada"}, "ada") == server_settings.ident({"ada"}), (
        "who owns the server is no guest of it"
    )


@pytest.mark.parametrize(
    ("name", "uid", "advice"),
    [
        ("mapservice", None, "adduser --system --group mapservice"),
        ("toor", 0, "set MAPSERVICE_RUN_AS to another account"),
        ("postgres", 7, "can do everything in the database"),
        ("server", 101, "can do everything in the database"),
        ("mapservice", 999, None),
    ],
)
def test_an_account_that_is_missing_or_may_do_more_is_none_for_web_processes(account, name, uid, advice):
    def of(number):
        return pwd.struct_passwd((name, "x", number, 5, "", "/", "/bin/false"))

    why = run_as.why_unusable(name, None if uid is None else of(uid), of(101))

    assert (why is None) if advice is None else (advice in why)


@pytest.mark.parametrize(
    ("uid", "change"),
    [(1000, {}), (0, {"database_url": "postgresql://given"})],
    ids=["not root", "a given database"],
)
def test_where_nothing_is_to_be_done_nothing_is_said(monkeypatch, capsys, tmp_path, uid, change):
    monkeypatch.setattr("os.geteuid", lambda: uid)

    assert run_as.prepare_account(Config(state=tmp_path, **change)) is None
    assert capsys.readouterr() == ("", "")
    assert list(tmp_path.iterdir()) == []


def test_web_processes_take_along_the_keys_of_pages_and_no_other(tmp_path):
    config = Config(state=tmp_path, count_key="5e" * 32)

    taken = run_as.with_keys(config)

    for name in ("secret_key", "anchor_key", "withdrawal_key"):
        assert getattr(taken, name) == (tmp_path / "keys" / name).read_text().strip()
    assert taken.count_key == ""
    assert serve.web_child(config, None, None).config is config, "whoever stays what they are reads the files"


def test_never_answers_anybody_before_it_has_become_the_account(monkeypatch, tmp_path, account):
    done = []
    monkeypatch.setattr(run_as, "switch_to", lambda who, port: done.append((who.pw_name, port)))
    monkeypatch.setattr(serve, "web", lambda config: done.append("answers"))
    child = serve.web_child(Config(state=tmp_path, port=81), None, account)

    child.run(child.config)

    assert done == [("nobody", 81), "answers"]


@pytest.mark.root
def test_never_comes_back_to_root(account):
    ids = as_account(account, lambda: [os.getresuid(), os.getresgid(), os.getgroups()])
    status = as_account(account, lambda: Path("/proc/self/status").read_text())

    assert ids == [(account.pw_uid,) * 3, (account.pw_gid,) * 3, []]
    assert "NoNewPrivs:\t1" in status
    assert "CapPrm:\t0000000000000000" in status
    assert as_account(account, lambda: os.setuid(0)) == "PermissionError"


def listens_on_a_port_of_root():
    for port in range(1023, 600, -1):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as problem:
                if problem.errno != errno.EADDRINUSE:
                    raise
            else:
                return True
    return False


@pytest.mark.root
def test_a_port_of_root_can_be_listened_on_where_that_is_wanted_and_nothing_else(account):
    assert as_account(account, listens_on_a_port_of_root) == "PermissionError"
    assert as_account(account, listens_on_a_port_of_root, port=80) is True
    assert as_account(account, lambda: os.setuid(0), port=80) == "PermissionError"


@pytest.mark.root
def test_never_lets_the_account_do_more_in_the_private_database_than_pages_do(served, account):
    config = Config(state=served)
    embedded.allow_account(served, account)

    assert as_account(account, lambda: run_as._is_let_in(embedded.runtime_url(config)))
    assert as_account(account, lambda: connects(embedded.runtime_url(config))) == embedded.RUNTIME
    url = as_account(account, lambda: embedded.runtime_url(config))
    for role in (embedded.OWNER, embedded.SUPERUSER):
        other = url.replace(f"//{embedded.RUNTIME}@", f"//{role}@")
        assert as_account(account, lambda other=other: connects(other)) == "OperationalError"
    assert as_account(account, lambda: sorted((served / "postgres" / "server").iterdir())) == "PermissionError"
    assert connects(embedded.url(served, embedded.SUPERUSER)) == embedded.SUPERUSER, "root comes in as before"


@pytest.mark.root
def test_it_is_let_in_by_whoever_starts_the_server_again_and_by_nobody_once_it_is_not_wanted(served, account):
    config = Config(state=served)
    embedded.allow_account(served, account)
    embedded.stop(served)
    embedded.start(served, fsync="off")
    assert as_account(account, lambda: connects(embedded.runtime_url(config))) == embedded.RUNTIME

    embedded.allow_account(served, None)

    assert as_account(account, lambda: connects(embedded.runtime_url(config))) == "OperationalError"
    assert (served / "postgres" / "pages").stat().st_mode & 0o777 == 0o700


@pytest.mark.root
def test_a_folder_of_somebody_else_is_not_taken_for_that_of_the_socket(state, account):
    (state / "elsewhere").mkdir()
    (state / "pages").symlink_to(state / "elsewhere")
    with pytest.raises(SetupError, match="remove it"):
        guest.make_folder(state / "pages", account, account)

    assert (state / "elsewhere").stat().st_uid == 0


@pytest.mark.root
def test_root_and_the_account_write_one_withdrawal_log(state, account):
    config = Config(state=state, withdrawal_key="5e" * 32)
    log = WithdrawalLog.of(config)
    log.write(uuid.uuid4(), Kind.WITHDREW, NOW)
    run_as.change_owner(folder(config), account)

    later = NOW + dt.timedelta(days=1)
    log.note_day(later.date())
    for day in (NOW, later):
        assert as_account(account, lambda day=day: bool(log.write(uuid.uuid4(), Kind.WITHDREW, day))) is True
    log.write(uuid.uuid4(), Kind.DELETED, later)

    assert len(log.entries(NOW)) == 4
    files = {(path.name, path.stat().st_uid, path.stat().st_mode & 0o777) for path in folder(config).iterdir()}
    assert files == {(f"{day.date()}.log", account.pw_uid, 0o600) for day in (NOW, later)}


@pytest.mark.root
def test_the_account_takes_the_mails_of_a_deleted_member_out_of_the_outbox(state, account, monkeypatch):
    config = Config(state=state, withdrawal_key="5e" * 32, run_as=account.pw_name)
    monkeypatch.setattr(embedded, "allow_account", lambda *_: None)
    monkeypatch.setattr(run_as, "test_account", lambda *_: None)
    run_as.prepare_account(config)
    mail = Mail(id=uuid.uuid4(), recipient="anna@example.org", subject="Hello", body="", due_at=NOW)
    (state / "treasure").write_text("of root")
    (outbox.folder(config) / f".{mail.id.hex}").symlink_to(state / "treasure")

    outbox.write(outbox.folder(config), mail, "map@example.org")

    assert (state / "treasure").read_text() == "of root"
    files = [(path.stat().st_uid, path.stat().st_mode & 0o777) for path in outbox.folder(config).iterdir()]
    assert files == [(account.pw_uid, 0o600)] * 2
    assert as_account(account, lambda: [path.unlink() for path in outbox.folder(config).iterdir()]) == [None] * 2


@pytest.mark.root
def test_never_follows_a_link_that_the_account_laid(state, account):
    config = Config(state=state, withdrawal_key="5e" * 32)
    run_as.change_owner(folder(config), account)
    for name in ("secret", "another"):
        (state / name).write_text("of root")
    (folder(config) / f"{NOW.date()}.log").symlink_to(state / "secret")
    (folder(config) / "2026-05-05.log").hardlink_to(state / "another")

    run_as.change_owner(folder(config), account)
    with pytest.raises(OSError, match="symbolic links"):
        WithdrawalLog.of(config).note_day(NOW.date())

    for name in ("secret", "another"):
        assert (state / name).stat().st_uid == 0
        assert (state / name).read_text() == "of root"


@pytest.mark.root
def test_what_the_account_lacks_is_said_in_words(served, account):
    config = Config(state=served)
    embedded.allow_account(served, account)
    run_as.change_owner(folder(config), account)
    closed = served / "closed"
    closed.mkdir(mode=0o700, exist_ok=True)
    (closed / "page.html").touch()

    assert run_as.test_account(account, config, [served / "postgres" / "settings"]) is None
    assert f"cannot read {closed}:" in run_as.test_account(account, config, [closed])
    assert f"cannot read {closed}/page.html:" in run_as.test_account(account, config, [closed / "page.html"])

    os.chown(folder(config), 0, 0)
    assert "set MAPSERVICE_STATE" in run_as.test_account(account, config, [])


@pytest.mark.root
def test_where_there_is_no_usable_account_root_goes_on_and_says_what_to_do(served, capsys):
    assert run_as.prepare_account(Config(state=served, run_as="no-such-account")) is None

    said = capsys.readouterr().err
    assert said.startswith(
        "Warning: the web processes run as root, because there is no account no-such-account: create it"
    )
    assert said.count("\n") == 1

    assert run_as.prepare_account(Config(state=served, run_as="")) is None
    assert capsys.readouterr().err == "", "whoever wants it so is told nothing"
