"""Compare web servers under slow visitors, broken requests and load: ours, and others in front of the same pages.

    python -m bench.servers                            # those that are installed, one after the other
    python -m bench.servers --only gateway waitress
    python -m bench.servers --markdown                 # as the table of the decision

waitress and asgiref are no dependencies: install them beside the others to measure them. Each server gets a few small
pages of Flask in one process on 127.0.0.1, and the same threads. Exits with 1 if ours fails at anything.
"""

import argparse
import importlib.util
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench.small_service import SERVERS
from mapservice.config import HOME

SLOW_VISITORS = 500
FORM = b"POST /act HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
STARTS = {
    "nothing": b"",
    "half a header": b"GET /page HTTP/1.1\r\nHost: x\r\nX-A:",
    "half a form": FORM + b"Content-Length: 1000\r\n\r\na=",
}
CHUNKED = FORM + b"Transfer-Encoding: chunked\r\n\r\n"
BROKEN = (
    FORM + b"Content-Length: 20\r\n\r\nzone=DE.1",
    CHUNKED + b"9\r\nzone=DE.1",
    CHUNKED + b"9\r\nzone=DE.1\r\n",
    CHUNKED + b"9\r\nzone=DE.1\r\n5\r\n.1",
    CHUNKED + b"9\r\nzone=DE.1\r\nzz\r\n",
    CHUNKED + b"9\r\nzone=DE.1\r\n0\r\n",
    FORM + b"Content-Length: 9, 9\r\n\r\nzone=DE.1",
    FORM + b"Transfer-Encoding: identity\r\n\r\nzone=DE.1",
)
DOWNLOADS, MEGABYTES = 4, 100
TOO_MANY = 400
PASSWORDS = 40
LOAD_THREADS = 16


@dataclass(frozen=True)
class Server:
    """A server that runs."""

    port: int
    pid: int

    def ask(self, request: bytes | str, timeout: float = 20) -> tuple[int, float, bytes]:
        """Return the status (0: none in time), the seconds and the bytes of an answer; a string is a path."""
        if isinstance(request, str):
            request = f"GET {request} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
        started, got = time.monotonic(), b""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as connection:
                connection.sendall(request)
                got = b"".join(iter(lambda: connection.recv(65536), b""))
        except OSError:
            pass
        head = re.match(rb"HTTP/1\.[01] (\d{3})", got.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n"))
        return int(head[1]) if head else 0, time.monotonic() - started, got

    def memory(self) -> int:
        """Return the megabytes that it holds with its processes."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        matches = (
            re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text()) for pid in (self.pid, *children)
        )
        return sum(int(line[1]) for line in matches if line) // 1024

    @contextmanager
    def visitors(self, count: int, start: bytes) -> Iterator[list[socket.socket]]:
        """Keep so many connections open that began a request."""
        with ExitStack() as stack:
            open_ones = []
            for _ in range(count):
                try:
                    visitor = stack.enter_context(socket.create_connection(("127.0.0.1", self.port), timeout=5))
                    visitor.sendall(start)
                    open_ones.append(visitor)
                except OSError:  # not let in
                    continue
            yield open_ones


@dataclass(frozen=True)
class Result:
    """What a probe found, in words for the table, and whether a service could live with it."""

    words: str
    is_good: bool


def slow(server: Server) -> Iterator[tuple[str, Result]]:
    """500 visitors who begin a request and do not go on, while ten others ask for a page."""
    for name, start in STARTS.items():
        with server.visitors(SLOW_VISITORS, start):
            answers = [server.ask("/page", timeout=5) for _ in range(10)]
        served = sum(status == 200 for status, _seconds, _body in answers)
        slowest = max(seconds for _status, seconds, _body in answers)
        yield f"500 send {name}: of 10 others served, slowest", Result(f"{served}, {slowest:.2f} s", served == 10)


def broken(server: Server) -> Iterator[tuple[str, Result]]:
    """Forms that break off or contradict themselves: none may be acted on."""
    for text in BROKEN:
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
            connection.sendall(text)
            connection.shutdown(socket.SHUT_WR)
            try:
                connection.recv(65536)
            except OSError:
                continue
    acted = int(server.ask("/acted")[2].rpartition(b"\r\n\r\n")[2])
    yield f"broken forms that were acted on, of {len(BROKEN)}", Result(str(acted), acted == 0)


def too_many(server: Server) -> Iterator[tuple[str, Result]]:
    """More requests at once than can be answered soon: those behind should be told at once."""
    with ThreadPoolExecutor(TOO_MANY) as threads:
        answers = list(threads.map(lambda _: server.ask("/slow", timeout=30), range(TOO_MANY)))
    statuses = Counter(status for status, _seconds, _body in answers)
    slowest = max(seconds for _status, seconds, _body in answers)
    words = ", ".join(f"{count}x {status or 'none'}" for status, count in sorted(statuses.items(), reverse=True))
    yield f"{TOO_MANY} slow pages at once: answers, slowest", Result(f"{words}, {slowest:.1f} s", not statuses[0])


def passwords(server: Server) -> Iterator[tuple[str, Result]]:
    """Forty forms with a password that take a second each, while others ask for a page and a file."""
    body = b"password=x"
    form = b"POST /hash HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    with ThreadPoolExecutor(PASSWORDS) as threads:
        tries = [threads.submit(server.ask, form, 60) for _ in range(PASSWORDS)]
        time.sleep(0.5)
        answers = [server.ask(path, timeout=10) for path in ("/static/x", "/page") * 5]
        for attempt in tries:
            attempt.result()
    served = sum(status == 200 for status, _seconds, _body in answers)
    slowest = max(seconds for _status, seconds, _body in answers)
    is_good = served == len(answers) and slowest < 2
    yield "40 slow password forms: of 10 others served, slowest", Result(f"{served}, {slowest:.2f} s", is_good)


def downloads(server: Server) -> Iterator[tuple[str, Result]]:
    """Four downloads of 100 MB that stand still."""
    server.ask("/file/1")
    before = server.memory()
    with server.visitors(DOWNLOADS, f"GET /file/{MEGABYTES} HTTP/1.1\r\nHost: x\r\n\r\n".encode()) as visitors:
        begun = sum(begins(visitor) for visitor in visitors)
        time.sleep(1)
        more, (status, *_rest) = server.memory() - before, server.ask("/page", timeout=5)
    is_good = begun == DOWNLOADS and more < 150 and status == 200
    yield "4 downloads of 100 MB stand still: begun, MB more", Result(f"{begun}, {more}", is_good)


def begins(visitor: socket.socket) -> bool:
    """Return whether an answer begins within 10 seconds."""
    visitor.settimeout(10)
    try:
        return bool(visitor.recv(1000))
    except OSError:
        return False


def load(server: Server) -> Iterator[tuple[str, Result]]:
    """Sixteen visitors who ask for a page again and again on connections that stay open."""
    request, waits = b"GET /page HTTP/1.1\r\nHost: x\r\n\r\n", list[float]()
    until = time.monotonic() + 5

    def visit(_: int) -> None:
        with closing(socket.create_connection(("127.0.0.1", server.port), timeout=20)) as connection:
            while (started := time.monotonic()) < until:
                connection.sendall(request)
                got = b""
                while not got.endswith(b"quick"):
                    got += connection.recv(65536)
                waits.append(time.monotonic() - started)

    with ThreadPoolExecutor(LOAD_THREADS) as threads:
        list(threads.map(visit, range(LOAD_THREADS)))
    p95 = statistics.quantiles(waits, n=20)[-1]
    yield "pages a second, 95 % within", Result(f"{len(waits) / 5:.0f}, {p95 * 1000:.0f} ms", True)


PROBES: tuple[Callable[[Server], Iterator[tuple[str, Result]]], ...] = (
    load,
    slow,
    broken,
    too_many,
    passwords,
    downloads,
)


@contextmanager
def running(name: str) -> Iterator[Server]:
    """Run a server in a process of its own, on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "bench.small_service", name, str(port)]
    process = subprocess.Popen(command, cwd=HOME, start_new_session=True)
    server = Server(port, process.pid)
    try:
        for _ in range(300):
            if server.ask("/page", timeout=1)[0] == 200:
                break
            time.sleep(0.1)
        yield server
    finally:
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(15)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def measure(name: str) -> dict[str, Result]:
    """Return what each probe finds of a server, each on a fresh one."""
    results: dict[str, Result] = {}
    for probe in PROBES:
        with running(name) as server:
            for line, result in probe(server):
                results[line] = result
                print(f"{name}: {line}: {result.words}", file=sys.stderr)
    return results


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=list(SERVERS), default=list(SERVERS))
    parser.add_argument("--markdown", action="store_true")
    asked = parser.parse_args()
    names = [name for name in asked.only if all(map(importlib.util.find_spec, SERVERS[name].packages))]
    table = {name: measure(name) for name in names}
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    if asked.markdown:
        print("| | " + " | ".join(names) + " |\n|" + "---|" * (len(names) + 1))
    for line in table[names[0]]:
        cells = [f"{result.words}{'' if result.is_good else ' FAILS'}" for result in (table[n][line] for n in names)]
        print(
            f"| {line} | " + " | ".join(cells) + " |"
            if asked.markdown
            else f"{line}: {dict(zip(names, cells, strict=True))}"
        )
    return 0 if all(result.is_good for result in table.get("gateway", {}).values()) else 1


if __name__ == "__main__":
    sys.exit(main())
