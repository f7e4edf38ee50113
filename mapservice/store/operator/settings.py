"""The settings of the service that are kept in the database, and read in one statement for each page."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Self

from sqlalchemy import Connection, delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mapservice.config import Config
from mapservice.store.tables.operator import ServiceSetting, TextKind
from mapservice.text.folding import fold

#: Maximum lengths in characters.
NAME_LENGTH, CONTACT_LENGTH = 60, 254

# Shorter words occur in the names of conditions and mean nothing: "of", "type".
_MIN_LETTERS = 5


class Setting(StrEnum):
    """The names of the settings.

    ``VERSION`` changes with every change of a setting, a text or the logo. ``OFFERED`` is the number of conditions
    that the service is for, and ``ONLY`` the slug of one if there is no other; without them it is for all conditions.
    ``EARLIER`` are the slugs of a choice that was given up.
    ``NEUTRAL`` says that the name has a word from the name of a condition, so that no e-mail may carry it.
    """

    NAME = "name"
    CONTACT = "contact"
    COLOUR = "colour"
    COLOUR_DARK = "colour_dark"
    LOGO = "logo"
    NEUTRAL = "neutral"
    OFFERED = "offered"
    ONLY = "only"
    EARLIER = "earlier"
    VERSION = "version"


# One statement: every page needs it. The texts are those whose current version is not empty.
_LOAD = text("""
    select (select json_object_agg(name, value) from service_setting) as settings,
           (select json_object_agg(kind, languages) from (
                select kind, array_agg(language order by language) as languages from (
                    select distinct on (kind, language) kind, language, source from service_text
                    order by kind, language, number desc
                ) as current where source <> '' group by kind
            ) as written) as texts
""")


_HAS_CONDITION = text("""
    select exists (
        select from condition_name, unnest(cast(:words as text[])) as word
        where position(' ' || word || ' ' in ' ' || folded || ' ') > 0
    ) or exists (select from condition_name where name = any(cast(:written as text[])))
""")


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """The settings of the service; empty texts where the operator has set nothing.

    ``texts`` are the languages in which each text is written.
    """

    name: str = ""
    contact: str = ""
    colour: str = ""
    colour_dark: str = ""
    logo: str = ""
    neutral: str = ""
    offered: str = ""
    only: str = ""
    earlier: str = ""
    version: str = ""
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: Mapping[str, str] | None, texts: Mapping[str, Any] | None) -> Self:
        """Return the settings from their rows; a name that this version does not know is left out."""
        known = {name: value for name, value in (settings or {}).items() if name in set(Setting)}
        return cls(**known, texts={kind: tuple(languages) for kind, languages in (texts or {}).items()})

    @property
    def number_offered(self) -> int | None:
        """The number of conditions that the service is for; None for all of them."""
        return int(self.offered) if self.offered else None

    def name_in_emails(self, default: str) -> str:
        """Return the name of the service for e-mails; empty if it has a word from the name of a condition.

        ``default`` is the name of a service that has none here.
        """
        return "" if self.neutral else self.name or default

    @property
    def missing_texts(self) -> tuple[TextKind, ...]:
        """The texts that are written in no language."""
        return tuple(kind for kind in TextKind if kind not in self.texts)


def load(session: Session | Connection) -> ServiceSettings:
    """Return the settings, in one statement."""
    row = session.execute(_LOAD).one()
    return ServiceSettings.of(row.settings, row.texts)


def with_name(session: Session, config: Config) -> Config:
    """Return the settings of this process with the name that the service has in the database, if it has one."""
    name = load(session).name
    return replace(config, site_name=name) if name else config


def save(session: Session, name: Setting, value: str) -> None:
    """Store a setting, or delete it if it is empty."""
    if value:
        stored = insert(ServiceSetting).values(name=name, value=value)
        session.execute(stored.on_conflict_do_update(index_elements=["name"], set_={"value": value}))
    else:
        session.execute(delete(ServiceSetting).where(ServiceSetting.name == name))
    note_change(session)


def save_name(session: Session, name: str, default: str) -> None:
    """Store the name of the service; ``default`` is its name if this is empty."""
    save(session, Setting.NAME, name)
    check_name(session, default)


def check_name(session: Session, default: str) -> bool:
    """Note whether the name of the service has a word from the name of a condition, and return it.

    ``default`` is its name if nobody has set one in the browser.
    """
    known = load(session)
    neutral = "yes" if has_condition(session, known.name or default) else ""
    if known.neutral != neutral:
        save(session, Setting.NEUTRAL, neutral)
    return bool(neutral)


def note_change(session: Session) -> None:
    """Make the pages that are kept in memory outdated."""
    version = secrets.token_urlsafe(9)
    stored = insert(ServiceSetting).values(name=Setting.VERSION, value=version)
    session.execute(stored.on_conflict_do_update(index_elements=["name"], set_={"value": version}))


def name_in_emails(session: Session, config: Config) -> str:
    """Return the name of the service for an e-mail; empty if it has a word from the name of a condition."""
    return load(session).name_in_emails(config.site_name)


def is_told_by_emails(session: Session, config: Config) -> bool:
    """Return whether the name, the sender or the address that every e-mail shows has such a word."""
    name = name_in_emails(session, config)
    return has_condition(session, f"{name} {config.mail_from} {config.address}")


def has_condition(session: Session, name: str) -> bool:
    """Return whether a name of the service has a word that is in the name of a condition, such as "leukaemia".

    Short words are abbreviations, and only count as they are written: "ALL", not "all".
    """
    words = [word for word in fold(name).split() if len(word) >= _MIN_LETTERS]
    written = ["".join(filter(str.isalnum, word)) for word in name.split()]
    return bool(session.scalar(_HAS_CONDITION, {"words": words, "written": written}))
