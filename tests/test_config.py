"""Settings come from the environment, and every one of them is explained to the reader."""

from dataclasses import fields
from pathlib import Path

import pytest

from mapservice.config import HOME, MAX_WORKERS, PREFIX, Config, default_state


def test_settings_are_read_from_the_environment():
    config = Config.from_environment(
        {"MAPSERVICE_PORT": "9000", "MAPSERVICE_STATE": "/srv/map", "MAPSERVICE_PRODUCTION": "yes"}
    )

    assert (config.port, config.state, config.production) == (9000, Path("/srv/map"), True)


def test_other_names_for_the_database_are_understood_and_ours_wins():
    assert Config.from_environment({"DATABASE_URL": "postgres://a"}).database_url == "postgres://a"
    both = {"DATABASE_URL": "postgres://a", "MAPSERVICE_DATABASE_URL": "postgres://b"}
    assert Config.from_environment(both).database_url == "postgres://b"


def test_overrides_win_over_the_environment():
    assert Config.from_environment({"MAPSERVICE_PORT": "9000"}, port=1).port == 1


@pytest.mark.parametrize(
    ("name", "text", "advice"),
    [
        ("PORT", "eighty", "MAPSERVICE_PORT must be a int, not 'eighty'"),
        ("DEMO", "perhaps", "MAPSERVICE_DEMO must be yes or no, not 'perhaps'"),
    ],
)
def test_a_setting_that_cannot_be_read_is_named(name, text, advice):
    with pytest.raises(ValueError, match=advice):
        Config.from_environment({PREFIX + name: text})


@pytest.mark.parametrize(("text", "value"), [("yes", True), ("TRUE", True), ("1", True), ("no", False), ("", False)])
def test_yes_and_no_have_several_spellings(text, value):
    assert Config.from_environment({"MAPSERVICE_DEMO": text}).demo is value


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_a_demo_s_hosts_are_loopback(host):
    assert Config(host=host).is_loopback
    assert Config(host=host).address == "http://localhost:8000"


def test_the_public_address_wins():
    assert Config(public_url="https://map.example/", host="10.0.0.1").address == "https://map.example"


def test_root_keeps_its_data_where_the_database_can_reach_it(monkeypatch, tmp_path):
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert default_state() == Path("/var/lib/mapservice")

    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_state() == tmp_path / "mapservice"


@pytest.mark.parametrize(("cores", "workers"), [(1, 2), (2, 2), (3, 3), (8, 8), (9, MAX_WORKERS), (64, MAX_WORKERS)])
def test_there_is_a_web_process_for_each_usable_core_within_bounds(monkeypatch, cores, workers):
    monkeypatch.setattr("os.sched_getaffinity", lambda _process: set(range(cores)))

    assert Config().workers == workers
    assert Config.from_environment({}).workers == workers
    assert Config.from_environment({"MAPSERVICE_WORKERS": "1"}).workers == 1


def test_without_a_list_of_usable_cores_all_are_usable(monkeypatch):
    monkeypatch.delattr("os.sched_getaffinity")
    monkeypatch.setattr("os.cpu_count", lambda: 5)

    assert Config().workers == 5


@pytest.mark.parametrize("name", [field.name for field in fields(Config)])
def test_every_setting_has_a_meaning_and_stands_in_the_readme(name):
    setting = next(field for field in fields(Config) if field.name == name)

    assert setting.metadata["meaning"]
    assert PREFIX + name.upper() in (HOME / "README.md").read_text()
