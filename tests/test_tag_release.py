"""A version is tagged only if the changelog, the code and the history agree that it is one."""

import subprocess

import pytest

from scripts import tag_release

CHANGES = """\
# Changelog

## [Unreleased]

## [0.3.0] - 2026-12-01

### Added

- Something

## [0.2.0] - 2026-11-27
"""


def git(home, *words):
    name = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    return subprocess.run(["git", *name, *words], cwd=home, check=True, capture_output=True, text=True).stdout


def write(home, name, text):
    (home / name).parent.mkdir(exist_ok=True)
    (home / name).write_text(text)


def commit(home):
    git(home, "add", ".")
    git(home, "commit", "--allow-empty", "-m", "Next")


@pytest.fixture
def home(tmp_path):
    """A checkout whose newest commit is the version 0.3.0, after 0.2.0."""
    git(tmp_path, "init", "--initial-branch=main")
    git(tmp_path, "config", "user.name", "A")
    git(tmp_path, "config", "user.email", "a@example.org")
    commit(tmp_path)
    git(tmp_path, "tag", "v0.2.0")
    write(tmp_path, "pyproject.toml", '[project]\nversion = "0.3.0"\n')
    write(tmp_path, "mapservice/config.py", 'VERSION = "0.3.0"\n')
    write(tmp_path, "CHANGELOG.md", CHANGES)
    commit(tmp_path)
    return tmp_path


def test_a_commit_that_is_a_version_gets_its_tag(home, capsys):
    assert tag_release.main(["--check"], home) == 0
    assert git(home, "tag", "--list").split() == ["v0.2.0"]

    assert tag_release.main([], home) == 0

    assert git(home, "tag", "--list", "--points-at", "HEAD").split() == ["v0.3.0"]
    assert git(home, "cat-file", "-t", "v0.3.0").strip() == "tag"
    assert "git push origin v0.3.0" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("mapservice/config.py", 'VERSION = "0.2.0"\n', "has another version"),
        ("CHANGELOG.md", CHANGES.replace(" - 2026-12-01", ""), "and its date"),
        ("CHANGELOG.md", CHANGES.replace("0.3.0", "0.2.9"), "must be: ## [0.3.0]"),
        ("CHANGELOG.md", CHANGES.replace("d]\n", "d]\n\n### Fixed\n\n- A fault\n"), "lines under Unreleased"),
        ("pyproject.toml", '[project]\nversion = "0.3"\n', "not of the form"),
    ],
)
def test_never_tags_a_commit_whose_files_do_not_agree(home, file, text, words, capsys):
    write(home, file, text)
    commit(home)

    assert tag_release.main([], home) == 1
    assert words in capsys.readouterr().err
    assert git(home, "tag", "--list").split() == ["v0.2.0"]


@pytest.mark.parametrize("newer", ["v0.3.0", "v0.10.0"])
def test_never_tags_a_version_that_is_not_newer(home, newer, capsys):
    git(home, "tag", newer)

    assert tag_release.main([], home) == 1
    assert f"There is a tag {newer}" in capsys.readouterr().err


def test_never_tags_what_is_not_committed_or_not_in_main(home, capsys):
    write(home, "new", "")
    assert tag_release.main([], home) == 1
    assert "commit them" in capsys.readouterr().err

    git(home, "switch", "--create", "work")
    commit(home)
    assert tag_release.main([], home) == 1
    assert "not in main" in capsys.readouterr().err


def test_an_unknown_option_tags_nothing(home):
    assert tag_release.main(["--force"], home) == 2
    assert git(home, "tag", "--list").split() == ["v0.2.0"]
