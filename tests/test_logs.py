"""What is written down says nothing of anybody."""

import io
import json
import logging
import re

import pytest
import structlog

from mapservice import logs
from mapservice.config import HOME


@pytest.fixture
def written():
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure(stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    structlog.reset_defaults()
    root.handlers[:], root.level = before, level


def test_what_helps_the_operator_is_written(written):
    structlog.get_logger().warning("database_unavailable", error="OperationalError", endpoint="map.show", status=503)

    (line,) = written()
    assert line.pop("timestamp")
    assert line == {
        "event": "database_unavailable", "level": "warning", "error": "OperationalError", "endpoint": "map.show",
        "status": 503,
    }  # fmt: skip


@pytest.mark.parametrize("field", ["email", "path", "member", "ip", "condition", "zone", "query", "message", "url"])
def test_never_writes_a_field_that_is_not_on_the_list(written, field):
    structlog.get_logger().error("unexpected", **{field: "alice"})

    assert "alice" not in json.dumps(written())
    assert written()[0]["event"] == "unexpected"


@pytest.mark.parametrize(
    "text",
    ["alice@example.org", "Key (email)=(alice) exists", "/conditions/alice", "alice alice", "alice\nalice", ["alice"]],
)
def test_never_writes_free_text_even_in_a_field_on_the_list(written, text):
    structlog.get_logger().error("unexpected", error=text, endpoint=text, job=text)
    structlog.get_logger().error(str(text))

    assert "alice" not in json.dumps(written())


def test_never_writes_the_words_of_a_library(written):
    try:
        raise ValueError("alice")
    except ValueError:
        logging.getLogger("some.library").exception("alice %s", "alice")

    (line,) = written()
    assert "alice" not in json.dumps(line)
    assert (line["library"], line["error"], line["level"]) == ("some.library", "ValueError", "error")


def test_every_module_declares_the_events_that_it_writes_and_no_others():
    for path in (HOME / "mapservice").rglob("*.py"):
        source = path.read_text()
        events = set(re.findall(r"\blog\.(?:debug|info|warning|error|critical)\(\s*\"(\w+)\"", source))
        declared = re.search(r"^logs\.declare\((.*?)\)", source, re.DOTALL | re.MULTILINE)
        assert set(re.findall(r"\"(\w+)\"", declared[1] if declared else "")) == events, path


@pytest.mark.parametrize("event", ["alice", "Freiburg", "DE", "leukaemia", "map.show"])
def test_never_writes_an_event_that_is_not_on_the_list(written, event):
    structlog.get_logger().warning(event, status=503)

    (line,) = written()
    assert (line["event"], line["status"]) == ("dropped", 503)
    assert event not in json.dumps(line)
