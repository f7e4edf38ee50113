"""Try passwords from many networks at once, and print how long everybody else waits meanwhile.

    python -m bench.flood                 # the service as it is
    python -m bench.flood --one-lane      # with one queue for everything, as it was

Asks only a service of its own on 127.0.0.1, on a database that is dropped in the end. Exits with 1 if a page or a
static file was not answered, or the member was not let in on their own device.
"""

import http.client
import re
import secrets
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from argon2 import PasswordHasher

from bench import report
from mapservice import create_app, db
from mapservice.config import Config
from mapservice.hosting import embedded, gateway
from mapservice.store.tables import Member
from mapservice.web.accounts import passwords
from mapservice.web.site import known_devices
from testing import database
from testing.web_process import web_process

EMAIL, PASSWORD = "owner@example.org", "four quiet words tonight"
AT_ONCE = 32
MAX_SECONDS = 20


def one_lane() -> gateway.Gateway:
    """The gateway without lanes, and hashing with a queue without end: what the lanes are compared with."""
    passwords.QUEUE_PER_HASH = 1000
    passwords._is_in_wrong_lane = lambda: False
    result = gateway.Gateway(create_app().wsgi_app)
    result._lane = lambda scope, content: result.pages  # type: ignore[method-assign]
    return result


class Visitor:
    """Somebody at an address, with the cookies they were given."""

    def __init__(self, port: int, address: str) -> None:
        self.port, self.address, self.cookies = port, address, dict[str, str]()

    def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        """The status and the text of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), "X-Forwarded-For": self.address}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request("GET" if form is None else "POST", path, urlencode(form) if form else None, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        connection.close()
        return answer.status, text

    def sign_in(self, password: str) -> int:
        """The status of a try to sign in."""
        _status, text = self.ask("/sign-in")
        token = re.search(r'name="csrf_token" value="([^"]+)"', text)
        if token is None:
            return 0
        return self.ask("/sign-in", {"csrf_token": token[1], "email": EMAIL, "password": password})[0]


def some_network() -> str:
    """An address in an IPv6 network of its own."""
    return ":".join(["2001", *(f"{secrets.randbelow(65536):x}" for _ in range(3)), "", "1"])


@contextmanager
def service(target: str) -> Iterator[int]:
    """The port of a service with one member, behind one proxy."""
    with database.server() as state, database.clone(state, database.ground_template(state)) as name:
        url = embedded.url(state, embedded.RUNTIME, name)
        with db.transaction(db.new_engine(url)) as session:
            session.add(Member(email=EMAIL, password=PasswordHasher(3, 65536, 1).hash(PASSWORD), pseudonym="Owner"))
        program = f"from bench.flood import run; run({target!r})"
        with TemporaryDirectory() as folder:
            settings = {"DATABASE_URL": url, "STATE": folder, "TRUSTED_HOPS": "1"}
            with web_process(settings, program=program) as port:
                yield port


def run(target: str) -> None:
    """Be the web server of the service."""
    from mapservice.hosting.processes import web

    web(Config.from_environment(), target=target)


def measure(port: int, seconds: float) -> tuple[Counter[int], dict[str, list[tuple[int, float]]]]:
    """What became of the tries, and what each kind of other visitor was answered after how many seconds."""
    over = threading.Event()
    tries: Counter[int] = Counter()
    owner, reader = Visitor(port, "192.0.2.1"), Visitor(port, "192.0.2.2")
    assert owner.sign_in(PASSWORD) == 303
    assert known_devices.COOKIE in owner.cookies

    def attack(_: int) -> None:
        visitor = Visitor(port, some_network())
        while not over.is_set():
            visitor.address = some_network()
            tries[visitor.sign_in(secrets.token_urlsafe(20))] += 1

    def enter() -> tuple[int, str]:
        owner.cookies = {known_devices.COOKIE: owner.cookies[known_devices.COOKIE]}
        return owner.sign_in(PASSWORD), ""

    kinds: dict[str, Callable[[], tuple[int, str]]] = {
        "static file": lambda: reader.ask("/static/icon.svg"),
        "page": lambda: reader.ask("/privacy"),
        "owner on a known device": enter,
    }
    with ThreadPoolExecutor(AT_ONCE) as threads:
        attackers = [threads.submit(attack, number) for number in range(AT_ONCE)]
        try:
            time.sleep(1)
            answers = _answers(kinds, seconds)
        finally:
            over.set()  # also if this is interrupted: the threads are waited for
        for attacker in attackers:
            attacker.result()
    return tries, answers


def _answers(kinds: dict[str, Callable[[], tuple[int, str]]], seconds: float) -> dict[str, list[tuple[int, float]]]:
    answers: dict[str, list[tuple[int, float]]] = {kind: [] for kind in kinds}
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for kind, ask in kinds.items():
            started = time.monotonic()
            status, _text = ask()
            answers[kind].append((status, time.monotonic() - started))
    return answers


def main() -> int:
    """Write the waits."""
    parser = report.command(__doc__)
    parser.add_argument("--one-lane", action="store_true")
    parser.add_argument("--seconds", type=float, default=MAX_SECONDS)
    asked = parser.parse_args()
    with service("bench.flood:one_lane" if asked.one_lane else "mapservice.hosting.wsgi:gateway") as port:
        tries, by_kind = measure(port, min(asked.seconds, MAX_SECONDS))
    counts = ", ".join(f"{status}: {count}" for status, count in sorted(tries.items()))
    good, rows = {200, 303}, []
    for kind, answers in by_kind.items():
        waits = [wait for _status, wait in answers]
        answered = sum(status in good for status, _wait in answers)
        rows.append([kind, f"{answered} of {len(answers)}", f"{statistics.median(waits):.2f}", f"{max(waits):.2f}"])
    table = report.table(["meanwhile", "answered", "median, s", "longest, s"], rows)
    lines = [*table, "", f"Tries by the status of their answers: {counts}."]
    report.publish("bench.flood", asked, lines, variant="one-lane" if asked.one_lane else "")
    return 0 if all(status in good for answers in by_kind.values() for status, _wait in answers) else 1


if __name__ == "__main__":
    sys.exit(main())
