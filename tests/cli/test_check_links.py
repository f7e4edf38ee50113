"""The links to sources are checked only if that is allowed, of public addresses only, and against a server of ours."""

import datetime as dt
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from mapservice.cli import link_requests, links
from mapservice.cli.link_requests import LinkRequests
from mapservice.errors import SetupError
from mapservice.questions import ArticleState, ArticleText, QuestionKind, Source
from mapservice.store.knowledge import articles, source_links
from mapservice.store.knowledge.articles import ArticleKey
from mapservice.store.tables.source_links import SourceLink
from testing.releasing import as_owner

HOST = "sources.example"
MONDAY, TUESDAY = dt.date(2026, 11, 23), dt.date(2026, 11, 24)


class Pages(BaseHTTPRequestHandler):
    """Pages whose path says what they answer."""

    protocol_version = "HTTP/1.1"
    asked: list[tuple[str, str]] = []

    def answer(self):
        self.asked.append((self.command, self.path))
        if self.path == "/slow":
            time.sleep(1)
        status = {"/gone": 404, "/fault": 500, "/refuses": 403, "/moved": 302}.get(self.path, 200)
        if self.path == "/no-head":
            status = 404 if self.command == "HEAD" else 200
        self.send_response(status)
        self.send_header("Content-Length", "0")
        if status == 302:
            self.send_header("Location", "https://127.0.0.1/secret")
        self.end_headers()

    do_GET = do_HEAD = answer  # noqa: N815 -- the names of http.server

    def log_message(self, *_words):
        """Say nothing."""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of the invented host, that only our client trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = dt.datetime.now(dt.UTC)
    built = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + dt.timedelta(days=1))
    built = built.add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
    built = built.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    signed = built.sign(key, hashes.SHA256())
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def requests(certificate):
    """Requests that reach a server of ours under the name of the invented host."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    Pages.asked.clear()
    yield LinkRequests(
        is_allowed=lambda address: address == "127.0.0.1",
        find=lambda _host, _port: ["127.0.0.1"],
        port=server.server_port,
        context=ssl.create_default_context(cafile=certificate),
        timeout_s=0.5,
    )
    server.shutdown()
    server.server_close()


def with_values(requests, **values):
    names = ("is_allowed", "find", "port", "context", "timeout_s")
    return LinkRequests(**{**{name: getattr(requests, name) for name in names}, **values})


@pytest.mark.parametrize(
    ("path", "has_answered", "methods"),
    [
        ("/page", True, ["HEAD"]),
        ("/no-head", True, ["HEAD", "GET"]),
        ("/refuses", True, ["HEAD"]),
        ("/moved", True, ["HEAD"]),
        ("/gone", False, ["HEAD", "GET"]),
        ("/fault", False, ["HEAD", "GET"]),
        ("/slow", False, ["HEAD"]),
    ],
)
def test_a_page_answers_or_not(requests, path, has_answered, methods):
    assert requests.has_answered(f"https://{HOST}{path}") is has_answered
    assert [method for method, _path in Pages.asked] == methods


@pytest.mark.parametrize(
    "address",
    [
        f"http://{HOST}/page",
        f"https://user:secret@{HOST}/page",
        f"https://{HOST}:22/page",
        "https://",
        "file:///etc/passwd",
        f"https://{HOST}:x/page",
    ],
)
def test_never_asks_anything_but_a_plain_https_address(requests, address):
    assert not requests.has_answered(address)
    assert Pages.asked == []


@pytest.mark.parametrize(
    "found",
    [["127.0.0.1"], ["10.1.2.3"], ["93.184.215.14", "192.168.0.1"], ["::1"], ["::ffff:127.0.0.1"], ["fe80::1%eth0"],
     ["169.254.169.254"], ["100.64.0.1"], ["2002:7f00:1::"], ["224.0.0.1"], ["0.0.0.0"], []],
)  # fmt: skip
def test_never_asks_a_host_with_an_address_that_is_not_public(requests, found):
    guarded = with_values(requests, is_allowed=link_requests.is_public, find=lambda _host, _port: found)

    assert not guarded.has_answered(f"https://{HOST}/page")
    assert Pages.asked == []


def test_the_server_of_these_tests_would_have_been_asked(requests):
    assert requests.has_answered(f"https://{HOST}/page")
    assert Pages.asked == [("HEAD", "/page")]


def test_the_name_is_resolved_once_so_that_it_cannot_lead_elsewhere_after_the_check(requests):
    asked = []
    counted = with_values(requests, find=lambda host, _port: asked.append(host) or ["127.0.0.1"])

    assert counted.has_answered(f"https://{HOST}/no-head")
    assert asked == [HOST]


def test_a_certificate_of_another_host_is_no_answer(requests):
    assert not requests.has_answered("https://other.example/page")
    assert Pages.asked == []


def test_public_addresses_are_allowed():
    assert all(link_requests.is_public(one) for one in ("93.184.215.14", "2606:2800:21f::1"))


@pytest.fixture
def named(session, condition, monkeypatch):
    """Name these paths as the sources of a public article; those of the articles of the software are left out."""
    of_all = source_links.addresses
    monkeypatch.setattr(source_links, "addresses", lambda stored: [one for one in of_all(stored) if HOST in one])

    def make(*paths):
        key = ArticleKey(condition.id, QuestionKind.TRAVEL, "en")
        sources = tuple(Source("A page", "A society", f"https://{HOST}{path}") for path in paths)
        before = articles.newest(session, key)
        number = articles.save(
            session, key, before.version.number if before else 0, ArticleText("Yes.", sources=sources)
        )
        version = articles.get(session, key, number).version
        articles.set_state(session, version, ArticleState.PUBLISHED)
        session.commit()

    return make


@pytest.fixture
def check(connection, session):
    """Check the links as the command does, by the rights of the owner of the tables."""

    def run(requests, day, *, pause_s=0):
        with as_owner(session):
            return links.check(connection, requests, day, pause_s=pause_s)

    return run


def dead(session, condition):
    session.expire_all()
    return [(link.source.address, link.first_failed_on, link.failed_on)
            for link in source_links.dead(session, condition.id, "en")]  # fmt: skip


def test_a_link_is_dead_if_it_did_not_answer_on_two_different_days(check, session, condition, requests, named):
    named("/gone", "/page")
    for _again in range(2):
        assert check(requests, MONDAY) == (2, 1)
        assert dead(session, condition) == []

    check(requests, TUESDAY)
    assert dead(session, condition) == [(f"https://{HOST}/gone", MONDAY, TUESDAY)]


def test_a_link_that_answers_again_is_not_dead(check, session, condition, requests, named):
    named("/page")
    nowhere = with_values(requests, find=lambda _host, _port: [])
    check(nowhere, MONDAY)
    check(requests, TUESDAY)
    check(nowhere, dt.date(2026, 11, 25))

    assert dead(session, condition) == []


def test_a_link_that_no_article_names_is_forgotten(check, session, condition, requests, named):
    named("/gone")
    check(requests, MONDAY)
    named("/page")
    check(requests, TUESDAY)

    session.expire_all()
    assert session.get(SourceLink, f"https://{HOST}/gone") is None
    assert session.get(SourceLink, f"https://{HOST}/page").checked_on == TUESDAY


def test_there_is_a_pause_between_two_requests_to_one_host(check, requests, named, monkeypatch):
    pauses = []
    monkeypatch.setattr(links.time, "sleep", pauses.append)
    named("/page", "/other")

    check(requests, MONDAY, pause_s=2)

    assert pauses[0] == 0
    assert 1 < pauses[1] <= 2


def test_never_asks_another_host_unless_the_operator_allows_it(monkeypatch):
    monkeypatch.delenv("MAPSERVICE_CHECK_LINKS", raising=False)
    monkeypatch.setattr(links, "owner_engine", pytest.fail)

    result = CliRunner().invoke(links.check_links)

    assert isinstance(result.exception, SetupError)
    assert "MAPSERVICE_CHECK_LINKS=yes" in str(result.exception)
