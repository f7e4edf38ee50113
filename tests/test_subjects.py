"""A new subject is a few folders of its own, and one line in each of two lists: nothing else knows subjects by name."""

import importlib
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from mapservice import web
from mapservice.config import HOME
from mapservice.store.across import subjects

#: What is no subject: what all share, what goes across, and the tables.
NO_SUBJECTS = {"web": {"site"}, "store": {"across", "tables", "transactions"}}

#: The files of a subject "events": a table, a page, a template.
EVENTS = {
    "mapservice/store/tables/events.py": """
        import uuid
        from sqlalchemy import ForeignKey
        from sqlalchemy.orm import Mapped, mapped_column
        from mapservice.store.tables.base import Base
        class Event(Base):
            __tablename__ = "event"
            id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
            member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    """,
    "mapservice/store/events/__init__.py": "",
    "mapservice/store/events/subject.py": """
        from sqlalchemy import delete
        from mapservice.privacy.deletion import WITH_MEMBER, personal
        from mapservice.store.tables.declaration import WRITE, StoreSubject
        from mapservice.store.tables.events import Event
        def delete_expired(session, config):
            return session.execute(delete(Event)).rowcount
        SUBJECT = StoreSubject(
            plan=[personal("event", "Your events", WITH_MEMBER, comes_back=True)],
            rights={"event": WRITE},
            cleanup=[delete_expired],
        )
    """,
    "mapservice/web/events/__init__.py": "",
    "mapservice/web/events/pages.py": """
        from flask import Blueprint, render_template
        from mapservice.web.accounts.access import public
        bp = Blueprint("events", __name__)
        @bp.get("/events")
        @public
        def show():
            return render_template("events/show.html")
    """,
    "mapservice/web/events/subject.py": """
        from mapservice.web.events import pages
        from mapservice.web.site.declaration import WebSubject
        SUBJECT = WebSubject(pages=[pages.bp], queries=frozenset({"day"}))
    """,
    "templates/events/show.html": """
        {% extends "base.html" %}
        {% block main %}On {{ request.args["day"] }}, the events{% endblock %}
    """,
}

#: The only files of others that it changes: a line to import it, a name in the list.
LISTS = {
    "mapservice/web/__init__.py": ("from mapservice.web.figures import subject as figures", "members_map, api)"),
    "mapservice/store/across/subjects.py": (
        "from mapservice.store.figures import subject as figures",
        "catalogue, zones)",
    ),
}

#: What the service knows of it, without a database.
ASK = """
from mapservice import create_app
from mapservice.config import Config
from mapservice.store.across import subjects
from mapservice.store.tables import Base
from sqlalchemy import create_engine
import pathlib
app = create_app(Config(state=pathlib.Path("state"), database_url="postgresql+psycopg://"), LIMITS=False, TESTING=True,
                 engine=create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none"))
page = app.test_client().get("/events?day=Monday")
assert page.status_code == 200, page.text
assert "On Monday, the events" in page.text
assert "event" in Base.metadata.tables
assert subjects.ENTRIES["event"].person == "member_id"
assert "event" in subjects.RIGHTS
assert "delete_expired" in {delete.__name__ for delete in subjects.CLEANUP if "events" in delete.__module__}
"""


def folders(room: str) -> set[str]:
    package = HOME / "mapservice" / room
    return {path.parent.name for path in package.glob("*/__init__.py")} - NO_SUBJECTS[room]


@pytest.mark.parametrize(("room", "listed"), [("web", web.SUBJECTS), ("store", subjects.SUBJECTS)])
def test_every_folder_of_a_subject_declares_one_that_is_in_the_list(room, listed):
    declared = [importlib.import_module(f"mapservice.{room}.{name}.subject").SUBJECT for name in folders(room)]

    assert len(declared) == len(listed) > 5
    assert all(any(subject is other for other in listed) for subject in declared)


@pytest.fixture
def copy(tmp_path) -> Path:
    """The service with the folders of the subject, which is in no list yet."""
    for name in ("mapservice", "templates"):
        shutil.copytree(HOME / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("static", "data", "migrations", "pyproject.toml"):
        (tmp_path / name).symlink_to(HOME / name)
    for name, text in EVENTS.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(textwrap.dedent(text))
    return tmp_path


def ask(copy: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", ASK], cwd=copy, capture_output=True, text=True, check=False)


def test_a_new_subject_needs_a_line_in_two_lists_and_no_other_file(copy):
    for name, (line, end) in LISTS.items():
        text = (copy / name).read_text()
        assert text.count(line) == text.count(end) == 1
        text = text.replace(line, f"{line.replace('figures', 'events')}\n{line}")
        (copy / name).write_text(text.replace(end, f"{end[:-1]}, events)"))

    done = ask(copy)

    assert done.returncode == 0, done.stderr


def test_a_subject_that_is_in_no_list_is_noticed(copy):
    assert "404" in ask(copy).stderr
