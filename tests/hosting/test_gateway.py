"""The gateway: slow visitors hold no thread, too many are turned away, and Flask sees the request as it was."""

import socket
import time
from concurrent.futures import as_completed
from contextlib import ExitStack
from pathlib import Path

import pytest

from mapservice.hosting import gateway
from mapservice.web.site import headers as headers_module
from tests.hosting.small_service import ask, broken_off, echoed, folder, half_open, many, memory, port, process, raw

__all__ = ["folder", "many", "memory", "port", "process"]


def test_a_request_arrives_as_it_was_sent(port):
    seen = echoed(port, "/echo/caf%C3%A9/a?q=%C3%BC+b&q2=%26", headers={"Cookie": "a=1", "X-Forwarded-For": "10.0.0.1"})

    assert seen["path"] == "café/a"
    assert seen["args"] == {"q": "ü b", "q2": "&"}
    assert seen["cookies"] == {"a": "1"}
    assert seen["headers"]["X-Forwarded-For"] == "10.0.0.1"
    assert seen["address"] == "127.0.0.1"


def test_a_form_arrives_whole_or_in_pieces(port):
    kind = {"Content-Type": "application/x-www-form-urlencoded"}

    assert echoed(port, method="POST", body="a=1&b=2", headers=kind)["form"] == {"a": "1", "b": "2"}
    assert echoed(port, method="POST", body=iter([b"a=1", b"&b=2"]), headers=kind)["form"] == {"a": "1", "b": "2"}


FORM = b"POST /act HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
CHUNKED = FORM + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(FORM + b"Content-Length: 20\r\n\r\nzone=DE.1", id="less than it says"),
        pytest.param(CHUNKED, id="no piece"),
        pytest.param(CHUNKED + b"9", id="half a size"),
        pytest.param(CHUNKED + b"9\r\nzone=DE.1", id="a piece without its end"),
        pytest.param(CHUNKED + b"9\r\nzone=DE.1\r\n", id="no last piece"),
        pytest.param(CHUNKED + b"9\r\nzone=DE.1\r\n5\r\n.1", id="half a piece"),
        pytest.param(CHUNKED + b"9\r\nzone=DE.1\r\nzz\r\n", id="a size that is none"),
        pytest.param(CHUNKED + b"9\r\nzone=DE.1\r\n-1\r\n", id="a size below nothing"),
        pytest.param(CHUNKED + b"9\r\nzone=DE.1\r\nffffffffffffffffff\r\n", id="a size beyond all bounds"),
        pytest.param(CHUNKED + b"9\r\nzone=DE.1\r\n0\r\n", id="an end without its end"),
        pytest.param(CHUNKED + b"9\r\nzone=DE.1X\r\n0\r\n\r\n", id="a piece that is longer than it says"),
        pytest.param(FORM + b"Transfer-Encoding: gzip, chunked\r\n\r\n9\r\nzone=DE.1\r\n0\r\n\r\n", id="two encodings"),
        pytest.param(FORM + b"Transfer-Encoding: identity\r\n\r\nzone=DE.1", id="another encoding"),
        pytest.param(FORM + b"Content-Length: 9\r\nContent-Length: 4\r\n\r\nzone=DE.1", id="two lengths"),
        pytest.param(FORM + b"Content-Length: +9\r\n\r\nzone=DE.1", id="a length with a sign"),
        pytest.param(FORM + b"Content-Length: 9, 9\r\n\r\nzone=DE.1", id="a list of lengths"),
        pytest.param(FORM + b"Expect: 100-continue\r\nContent-Length: 20\r\n\r\nzone=DE.1", id="with Expect"),
    ],
)
def test_never_acts_on_what_did_not_arrive_whole(port, text):
    before = echoed(port, "/acted")

    answer = broken_off(port, text)

    assert not answer or int(answer.replace(b"HTTP/1.1 100 Continue\r\n\r\n", b"").split()[1]) in {400, 408, 501}
    assert echoed(port, "/acted") == before


@pytest.mark.parametrize(
    "text", [CHUNKED + b"9\r\nzone=DE.1\r\n0\r\n\r\n", FORM + b"Content-Length: 9\r\n\r\nzone=DE.1"]
)
def test_what_arrives_whole_is_acted_on(port, text):
    before = echoed(port, "/acted")

    assert b"200 OK" in raw(port, text)

    assert echoed(port, "/acted") == [*before, {"zone": "DE.1"}]


def test_what_comes_after_a_form_is_never_taken_for_a_part_of_it(port):
    before = echoed(port, "/acted")
    end = b"\r\nConnection: close\r\n\r\n"

    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(
            FORM + b"\r\n" + FORM + b"Content-Length: 6\r\n\r\nzone=DGET /page HTTP/1.1\r\nHost: x" + end
        )
        answers = b"".join(iter(lambda: connection.recv(65536), b""))

    assert answers.count(b"HTTP/1.1 200") == 3
    assert echoed(port, "/acted") == [*before, {}, {"zone": "D"}]


def test_a_visitor_who_hangs_up_in_the_middle_costs_nothing(port):
    for text in (FORM + b"Content-Length: 20\r\n\r\nzone=DE.1", CHUNKED + b"9\r\nzone=DE.1\r\n"):
        broken_off(port, text, abruptly=True)

    assert ask(port)[0] == 200


@pytest.mark.parametrize("pieces", [False, True])
def test_a_form_that_is_too_large_is_refused(port, pieces):
    body = b"a=" + b"x" * 300_000
    kind = {"Content-Type": "application/x-www-form-urlencoded"}

    status, _ = ask(port, method="POST", body=iter([body]) if pieces else body, headers=kind)

    assert status == 413


def test_a_header_with_an_underscore_never_passes_for_another(port):
    assert "X-Forwarded-For" not in echoed(port, headers={"X_Forwarded_For": "10.0.0.1"})["headers"]


def test_several_cookie_headers_are_one(port):
    answer = raw(port, b"GET /echo/x HTTP/1.1\r\nHost: x\r\nCookie: a=1\r\nCookie: b=2\r\nConnection: close\r\n\r\n")

    assert b'"cookies":{"a":"1","b":"2"}' in answer


@pytest.mark.parametrize(
    "line",
    [
        *(
            b"GET /echo/x?q=\xff HTTP/1.1",
            b"GET /echo/\xff HTTP/1.1",
            b"GET /echo/%ff HTTP/1.1",
            b"GET * HTTP/1.1",
            b"\0\0",
        ),
        pytest.param(b"POST /echo/x HTTP/1.1\r\nContent-Length: " + b"0" * 5000, id="a long number"),
    ],
)
def test_never_answers_nonsense_with_a_server_error(port, line):
    answer = raw(port, line + b"\r\nHost: x\r\nConnection: close\r\n\r\n")

    assert not answer or int(answer.split()[1]) < 500


def test_an_error_outside_the_pages_says_nothing_of_itself(port):
    status, body = ask(port, "/broken")

    assert status == 500
    assert b"alice" not in body


@pytest.mark.parametrize(
    "start",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"GET /echo/x HTTP/1.1\r\nHost: x\r\nX-A:", id="half a header"),
        pytest.param(b"POST /echo/x HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\na=", id="half a form"),
    ],
)
def test_500_slow_visitors_do_not_keep_10_good_ones_from_their_answers(port, start):
    with half_open(port, 500, start):
        statuses = [ask(port)[0] for _ in range(10)]

    assert statuses == [200] * 10


def test_a_form_that_does_not_arrive_is_given_up(port):
    start = b"POST /echo/x HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\na="

    with half_open(port, 1, start) as (visitor,):
        visitor.settimeout(10)
        assert visitor.recv(1000).startswith(b"HTTP/1.1 408")


def test_what_is_too_much_is_turned_away_at_once(port):
    request = b"GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

    with half_open(port, gateway.MAX_QUEUE + gateway.THREADS + 150, request) as visitors:
        for visitor in visitors:
            visitor.settimeout(30)
        statuses = [visitor.recv(1000).split()[1] for visitor in visitors]

    assert set(statuses) == {b"200", b"503"}
    assert statuses.count(b"200") >= gateway.MAX_QUEUE
    assert ask(port)[0] == 200


@pytest.mark.parametrize("body", ["email=a&password=b", "p%61ssword=b", "current_password=b", "step_up_password=b"])
def test_passwords_keep_nobody_else_waiting(port, many, body):
    with many(body) as answers:
        finished = next(as_completed(answers))
        assert finished.result()[0] == 503
        assert [ask(port, path)[0] for path in ("/static/x", "/page") * 20] == [200] * 40
        assert not all(answer.done() for answer in answers)

    statuses = [answer.result()[0] for answer in answers]
    assert set(statuses) == {200, 503}
    assert gateway.PASSWORD_THREADS <= statuses.count(200) <= gateway.PASSWORD_THREADS + gateway.PASSWORD_QUEUE


def test_many_forms_at_once_keep_no_reader_waiting(port, many):
    with many("email=a") as answers:
        assert [ask(port, path)[0] for path in ("/static/x", "/page") * 20] == [200] * 40
        assert not any(answer.done() for answer in answers)

    assert [answer.result()[0] for answer in answers] == [200] * 40


def test_the_check_of_the_lanes_can_fail(port, many):
    with many(None, "GET") as answers:
        assert ask(port, "/static/x")[0] == 200
        with pytest.raises(TimeoutError):
            ask(port, "/page", timeout=1)

    assert {answer.result()[0] for answer in answers} == {200}


@pytest.mark.parametrize("name", ["BUSY", "SLOW", "BROKEN", "CUT", "STALLED"])
def test_an_answer_that_no_page_made_has_its_headers_too(name):
    headers = dict(getattr(gateway, name)[1])

    for header, value in headers_module._ALWAYS.items():
        if header != "Permissions-Policy":
            assert headers[header.lower()] == value
    assert headers["cache-control"] == "private, no-store"
    assert "default-src 'none'" in headers["content-security-policy"]


def test_a_file_arrives_as_a_whole(port):
    status, body = ask(port, "/file/20")

    assert status == 200
    assert body == bytes(range(256)) * 4096 * 20


def test_small_files_keep_nothing_open(port, process):
    _port, pid = process
    for _ in range(300):
        assert ask(port, "/small") == (200, b"small")

    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    assert sum(len(list(Path(f"/proc/{process_id}/fd").iterdir())) for process_id in (str(pid), *children)) < 250


def test_downloads_that_stand_still_or_break_off_cost_no_memory(port, memory):
    ask(port, "/file/20")
    before = memory()
    with ExitStack() as stack:
        visitors = [stack.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(4)]
        for visitor in visitors:
            visitor.sendall(b"GET /file/100 HTTP/1.1\r\nHost: x\r\n\r\n")
            visitor.recv(1000)
        assert echoed(port)["path"] == "x"
        time.sleep(1)
        # Four hundred megabytes are on their way.
        assert memory() - before < 150

    assert ask(port, "/file/20")[0] == 200
