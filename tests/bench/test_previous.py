"""Which version counts as the previous one, and what must be true where it starts on tables of this one."""

import subprocess

import pytest

from bench import previous
from bench.previous import REFUSAL, WARNING, Trial


def git(home, *words):
    name = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    return subprocess.run(["git", *name, *words], cwd=home, check=True, capture_output=True, text=True).stdout.strip()


def commit(home, file=None):
    if file is not None:
        (home / file).parent.mkdir(parents=True, exist_ok=True)
        (home / file).write_text("")
    git(home, "add", ".")
    git(home, "commit", "--allow-empty", "-m", "Next")
    return git(home, "rev-parse", "HEAD")


@pytest.fixture
def home(tmp_path):
    git(tmp_path, "init", "--initial-branch=main")
    commit(tmp_path, "migrations/versions/0001_first.py")
    return tmp_path


def test_before_the_first_tag_it_is_the_commit_before_the_newest_migration(home):
    before = commit(home, "README.md")
    commit(home, "migrations/versions/0002_second.py")
    commit(home, "CHANGELOG.md")

    assert previous.previous(home) == before


def test_it_is_the_newest_tag_before_this_commit(home):
    for tag in ("v0.9.0", "v0.10.0"):
        commit(home, "migrations/versions/0002_second.py")
        git(home, "tag", tag)
    commit(home, "migrations/versions/0003_third.py")
    git(home, "tag", "v0.11.0")

    assert previous.previous(home) == "v0.10.0"


def test_a_history_that_does_not_go_back_so_far_is_not_guessed(home):
    with pytest.raises(LookupError, match="fetch the whole history"):
        previous.previous(home)


GOOD = Trial(is_up=True, words=f"Warning: newer. {WARNING}.", writes=9)
REFUSED = Trial(is_up=False, words=f"Error: newer. {REFUSAL}: install it.")


@pytest.mark.parametrize(
    ("trial", "revision", "wrong"),
    [
        (GOOD, "0026", []),
        (Trial(is_up=True, words="", writes=9), "0027", []),
        (REFUSED, "0024", []),
        (REFUSED, "0026", ["it does not answer"]),
        (GOOD, "0024", ["it did not refuse"]),
        (Trial(is_up=False, words=""), "0024", ["it did not refuse"]),
        (Trial(is_up=True, words="", writes=9), "0026", ["it did not warn"]),
        (GOOD, "0027", ["it warned of its own tables"]),
        (Trial(is_up=True, words=WARNING), "0026", ["its members could do nothing"]),
        (Trial(is_up=True, words=WARNING, writes=9, lost=1), "0026", ["1 lost, 0 half applied"]),
        (Trial(is_up=True, words=WARNING, writes=9, half_applied=2), "0026", ["0 lost, 2 half applied"]),
        (Trial(is_up=True, words=WARNING, writes=9, failures=("join 500",)), "0026", ["join 500"]),
        (Trial(is_up=False, words=f"Traceback (most …\n{REFUSAL}"), "0024", ["it ended with a stack trace"]),
    ],
)
def test_it_warns_and_works_or_refuses_in_a_sentence(trial, revision, wrong):
    assert previous.problems(trial, revision=revision, newest="0027", oldest="0025") == wrong
