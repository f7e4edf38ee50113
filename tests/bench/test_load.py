"""Loading is compared with a plain COPY of the same rows, begins only if there is room, and leaves nothing behind."""

import os

import pytest
from sqlalchemy import text

from bench import load, raw_copy
from bench.http_rates import ask, request
from bench.invented_service import service, view
from mapservice.store.across.bulk_load import TABLES
from testing import database
from testing.members_map import view_address


@pytest.fixture(autouse=True)
def signals(monkeypatch):
    """A command is ended by a signal as by Ctrl-C; the process of the tests is not."""
    monkeypatch.setattr("signal.signal", lambda *_: None)


@pytest.fixture(scope="module")
def running():
    """A service that has answered each view once: on a busy machine the first may be given up."""
    with service(300, seed=1) as running:
        for zoom in load.ZOOMS:
            sent = request(view_address(running.page, *view(zoom)), Cookie=running.cookie)
            assert any(ask(running.port, sent)[0] == 200 for _ in range(20))
        yield running


def tables(running) -> set[str]:
    with running.owner.connect() as connection:
        return set(connection.scalars(text("select tablename from pg_tables where schemaname = current_schema()")))


def test_every_row_of_people_is_copied_and_the_copy_is_gone(running):
    before = tables(running)
    with running.owner.connect() as connection:
        rows = sum(connection.scalar(text(f"select count(*) from {table}")) for table in TABLES)

    assert raw_copy.seconds(running.owner)[0] == rows > 4 * 300
    assert tables(running) == before


def test_the_time_of_rows_beyond_the_sample_is_extrapolated(running, monkeypatch):
    monkeypatch.setattr(raw_copy, "SAMPLE", 10)

    rows, seconds = raw_copy.seconds(running.owner)

    assert rows > 4 * 300
    assert seconds > 0


def test_views_of_each_zoom_are_compared(running):
    rows = load.views((running, running), rounds=1, seconds=0.01)

    assert [row[0] for row in rows] == [f"z{zoom}" for zoom in load.ZOOMS]
    assert all(float(row[-1]) > 0 for row in rows)


def test_the_memory_is_that_of_the_web_process(running):
    assert 40 < load.worker_megabytes(running.port) < 1_000
    assert load.worker_megabytes(1) == 0


def test_never_begins_without_room_on_the_disk(monkeypatch, capsys):
    monkeypatch.setattr(load, "BYTES_EACH", 10**15)
    monkeypatch.setattr("sys.argv", ["bench.load", "--members", "10"])

    with pytest.raises(SystemExit):
        load.main()

    assert "the disk lacks" in capsys.readouterr().err


@pytest.mark.parametrize("members", ["0", "10000001"])
def test_never_loads_more_than_it_promises(monkeypatch, capsys, members):
    monkeypatch.setattr("sys.argv", ["bench.load", "--members", members])

    with pytest.raises(SystemExit):
        load.main()

    assert "10,000,000" in capsys.readouterr().err


def test_an_interruption_leaves_no_database_behind(server, monkeypatch, tmp_path):
    page = tmp_path / "page.md"

    def interrupt(_members):
        def stop(_done, _of):
            raise KeyboardInterrupt

        return stop

    with database.superuser(server) as connection:
        names = "select datname from pg_database where datname like 'clone\\_%'"
        before = connection.execute(names).fetchall()
        monkeypatch.setattr(load, "progress", interrupt)
        monkeypatch.setattr("sys.argv", ["bench.load", "--few", "10", "--members", "20", "--page", str(page)])
        with pytest.raises(KeyboardInterrupt):
            load.main()

        assert set(connection.execute(names).fetchall()) <= set(before) | others(connection, before)
    assert not page.exists()


def others(connection, before) -> set[tuple[str]]:
    """The databases of processes other than this one, which come and go."""
    rows = connection.execute("select datname from pg_database where datname like 'clone\\_%'").fetchall()
    return {row for row in rows if row not in before and row[0].split("_")[1] != str(os.getpid())}


def test_the_part_names_both_services():
    part = "\n".join(load.lines((10, 20), [["10", "1"], ["20", "2"]], [["z0", "1", "2", "0.5"]], (100.0, 105.0)))

    assert "100 MB with 10 members, 105 MB with 20 members, ratio 1.05." in part
