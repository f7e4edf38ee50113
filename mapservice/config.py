"""All settings: meaning, unit and default. They are read once at the start, from the environment and from files."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from email.utils import parseaddr
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from mapservice.text.idn import ascii_email, ascii_origin

#: The version of this code, as in pyproject.toml.
VERSION = "0.2.0"

PREFIX = "MAPSERVICE_"

_SITE = re.compile(r"\*|https?://(\*\.)?[\w.-]+(:\d+)?", re.ASCII)

#: The checkout, with templates, static files, derived data and migrations.
HOME = Path(__file__).resolve().parents[1]


#: Bounds of the number of web processes where the settings do not name one.
MIN_WORKERS, MAX_WORKERS = 2, 8

_RATE = re.compile(r"(\d{1,6}) per (?:(\d{1,4}) )?(second|minute|hour|day)s?")
_RATES = "limit_"
_UNITS_S = {"second": 1, "minute": 60, "hour": 60 * 60, "day": 24 * 60 * 60}


@dataclass(frozen=True)
class Rate:
    """A rate limit: a burst of ``count``, and the same amount again in ``seconds``."""

    count: int
    seconds: int

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the rate in a setting.

        >>> Rate.read("10 per 5 minutes"), Rate.read("200 per day")
        (Rate(count=10, seconds=300), Rate(count=200, seconds=86400))

        :raise ValueError: if it cannot be parsed.
        """
        match = _RATE.fullmatch(text.strip().lower())
        if match is None or not int(match[1]) or match[2] == "0":
            raise ValueError(text)
        return cls(int(match[1]), int(match[2] or 1) * _UNITS_S[match[3]])


def default_state() -> Path:
    """Return the folder for everything that the service writes: the private database, keys and the outbox."""
    if os.geteuid() == 0:
        return Path("/var/lib/mapservice")
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "mapservice"


def default_workers() -> int:
    """Return the number of web processes: one for each core that this process may use, within bounds.

    A single one would answer nobody while it starts again; each opens connections, see ``db.max_connections``.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(max(cores, MIN_WORKERS), MAX_WORKERS)


def setting(default: Any, meaning: str) -> Any:
    """Return a setting with its meaning, which the documentation and the command line show."""
    return field(default=default, metadata={"meaning": meaning})


@dataclass(frozen=True, kw_only=True)
class Config:
    """The settings of one service; each is read from MAPSERVICE_<NAME>, database_url also from DATABASE_URL."""

    database_url: str = setting("", "PostgreSQL with PostGIS to use; empty: a private one of our own")
    pages_role: str = setting("mapservice", "role that the pages use in your own database; load sets its rights")
    state: Path = field(
        default_factory=default_state, metadata={"meaning": "folder of database, keys, outbox, withdrawal log"}
    )
    host: str = setting("127.0.0.1", "address to listen on; a demo listens on loopback only")
    port: int = setting(8000, "TCP port to listen on")
    workers: int = field(default_factory=default_workers, metadata={"meaning": "web processes"})
    run_as: str = setting(
        "mapservice", "account of the web processes where root starts the service with a private database; empty: root"
    )
    public_url: str = setting("", "address people reach the service under, for links in e-mails; empty: host and port")
    trusted_hops: int = setting(0, "reverse proxies in front whose X-Forwarded-For is trusted")
    production: bool = setting(False, "refuse to start with keys that were made for development")
    demo: bool = setting(False, "a demo community with logins that everyone knows: loopback only")
    secret_key: str = setting(
        "",
        "signs e-mails and forms, encrypts second factors and reports, 32 bytes in hex; empty: state/keys/secret_key",
    )
    anchor_key: str = setting("", "chooses pins, 32 bytes in hex; empty: the file state/keys/anchor_key")
    count_key: str = setting("", "draws the noise of releases, 32 bytes in hex; empty: the file state/keys/count_key")
    withdrawal_key: str = setting(
        "", "names accounts in the withdrawal log, 32 bytes in hex; empty: the file state/keys/withdrawal_key"
    )
    message_keys: str = setting(
        "", "folder of the keys that encrypt messages, shared by all machines; empty: state/message-keys"
    )
    release_profile: str = setting("default", "how releases are guarded: default, or strict (docs/operators.md)")
    smtp_url: str = setting("", "smtp://user:password@host:port or smtps://…; empty: e-mails go to state/outbox")
    mail_from: str = setting("mapservice@localhost", "sender of e-mails")
    site_name: str = setting("Mapservice", "name of the service, until an admin sets another one in the browser")
    figures_licence: str = setting("CC BY 4.0", "licence of the published statistics")
    framed_by: str = setting(
        "*", "sites that may show the public map: *, or https://… with spaces between; empty: none"
    )
    session_idle_days: int = setting(14, "days without a visit after which a member is signed out")
    session_days: int = setting(30, "days after which a member is signed out in any case")
    fresh_minutes: int = setting(
        10, "minutes during which a password is not asked for again before becoming more visible"
    )
    card_limit_hour: int = setting(
        60, "profiles, pages of lists and searches of other people that one member can open in an hour"
    )
    card_limit_day: int = setting(200, "the same in a day")
    limit_sign_in: str = setting("10 per 5 minutes", "attempts to sign in to one account from one network")
    limit_sign_in_device: str = setting("10 per 5 minutes", "the same from a device on which the member has signed in")
    limit_step_up: str = setting(
        "10 per 5 minutes", "attempts of one member to confirm their password, from one network"
    )
    limit_code: str = setting(
        "5 per 5 minutes", "attempts of one member with codes of the second factor, from one network"
    )
    limit_account: str = setting(
        "1000 per hour", "attempts on one account from all networks together, known devices not counted"
    )
    limit_account_codes: str = setting("30 per hour", "codes tried by one member from all networks together")
    limit_network: str = setting("300 per 10 minutes", "attempts with passwords and codes from one network, by anyone")
    limit_network_mails: str = setting("100 per hour", "requests from one network for e-mails of one kind")
    limit_network_sign_ups: str = setting("100 per hour", "accounts created from one network")
    limit_pages: str = setting("200 per minute", "pages opened by one member, or by visitors of one network")
    limit_reports: str = setting("10 per day", "reports that one member can send to the moderators")
    limit_texts: str = setting("10 per day", "stories and other texts that one member can publish")
    limit_answers: str = setting("50 per day", "answers in forums that one member can publish")
    limit_interface: str = setting("200 per minute", "requests from one network to /api and /ogc")
    limit_files: str = setting("20 per 10 minutes", "large files for one network")
    limit_exports: str = setting("60 per hour", "files that one admin can export")
    mails_per_day: int = setting(3, "e-mails of one kind that one address gets in a day, known devices not counted")
    minimum_age: int = setting(16, "minimum age in years to sign up")
    article_review_days: int = setting(730, "days after which a reviewed article is due for another review")
    check_links: bool = setting(
        False, "let `mapservice check-links` ask other hosts whether sources of articles answer"
    )

    def __post_init__(self) -> None:
        if self.public_url and not ascii_origin(self.public_url):
            raise ValueError(
                f"{PREFIX}PUBLIC_URL must be an address such as https://example.org, not {self.public_url!r}"
            )
        if self.contact.count("@") != 1:
            raise ValueError(
                f"{PREFIX}MAIL_FROM must be an e-mail address, perhaps with a name, not {self.mail_from!r}"
            )
        # The value is part of a header, where a semicolon would begin another directive.
        wrong = [site for site in self.framed_by.split() if not _SITE.fullmatch(site)]
        if wrong:
            raise ValueError(f"{PREFIX}FRAMED_BY must be * or addresses such as https://example.org, not {wrong[0]!r}")

        for config_field in fields(self):
            if config_field.name.startswith(_RATES):
                self.rate(config_field.name.removeprefix(_RATES))

    def rate(self, name: str) -> Rate:
        """Return the setting ``limit_<name>``.

        :raise ValueError: if it cannot be parsed.
        """
        text: str = getattr(self, _RATES + name)
        try:
            return Rate.read(text)
        except ValueError:
            setting = f"{PREFIX}{_RATES}{name}".upper()
            raise ValueError(f"{setting} must be like 10 per 5 minutes, not {text!r}") from None

    @property
    def longest_rate_s(self) -> int:
        """Return the seconds after which the bucket of the slowest limit is full again."""
        return max(
            self.rate(config_field.name.removeprefix(_RATES)).seconds
            for config_field in fields(self)
            if config_field.name.startswith(_RATES)
        )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ, **overrides: Any) -> Self:
        """Return the settings of this process; ``overrides`` take precedence over the environment.

        :raise ValueError: if a number or a yes-or-no value cannot be parsed.
        """
        values: dict[str, Any] = {}
        for config_field in fields(cls):
            text = environment.get(PREFIX + config_field.name.upper())
            if text is None and config_field.name == "database_url":
                text = environment.get("DATABASE_URL")
            if text is not None:
                values[config_field.name] = _read(config_field.name, config_field.type, text)
        return cls(**{**values, **overrides})

    @property
    def address(self) -> str:
        """The public URL of the service, in ASCII, without a slash at its end."""
        if not self.public_url:
            return f"http://{'localhost' if self.is_loopback else self.host}:{self.port}"
        return ascii_origin(self.public_url) + urlsplit(self.public_url).path.rstrip("/")

    @property
    def contact(self) -> str:
        """The e-mail address of the service, without a name, its domain in ASCII."""
        return ascii_email(parseaddr(self.mail_from)[1])

    @property
    def is_loopback(self) -> bool:
        """Whether the service is reachable from this machine only."""
        return self.host in {"127.0.0.1", "::1", "localhost"}


def _read(name: str, kind: Any, text: str) -> Any:
    if kind is bool:
        if text.lower() not in {"1", "0", "yes", "no", "true", "false", ""}:
            raise ValueError(f"{PREFIX}{name.upper()} must be yes or no, not {text!r}")
        return text.lower() in {"1", "yes", "true"}
    try:
        return kind(text)
    except ValueError:
        raise ValueError(f"{PREFIX}{name.upper()} must be a {kind.__name__}, not {text!r}") from None
