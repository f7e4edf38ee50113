"""Homes, memberships, consents, counts. The only coordinates are anchors of zones."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid

from geoalchemy2 import Geometry, WKBElement, WKTElement
from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    event,
    func,
    inspect,
    select,
    text,
)
from sqlalchemy.orm import Mapped, column_property, mapped_column, object_session, validates

from mapservice.geo.zones import ZoneId
from mapservice.privacy.consents import ConsentKind
from mapservice.privacy.visibility import AUDIENCES, Role
from mapservice.store.tables.base import SRID, Base, one_of, random_id

#: For SQL: the country of the zone that somebody shows.
COUNTRY = text('"left"(shown_zone, 2)')

#: For SQL: how far a pin is from the left and from the upper edge of the Mercator square, from 0 to 1.
PIN_ACROSS, PIN_DOWN = "(st_x(pin) + 180) / 360", "(1 - asinh(tan(radians(st_y(pin)))) / pi()) / 2"

#: For SQL: the tile of zoom 11 that a pin is on, as one number: its column times 2048 plus its row.
PIN_TILE = f"(floor({PIN_ACROSS} * 2048)::integer * 2048 + floor({PIN_DOWN} * 2048)::integer)"


class HomeZone(Base):
    """The home zone of a member, at the finest level they chose. The only table about people without a condition.

    ``corrections`` counts corrections since the last move (``privacy/home_changes.py``).
    """

    __tablename__ = "home_zone"

    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    zone_id: Mapped[ZoneId] = mapped_column(ForeignKey("zone.id"))
    since: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    corrections: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")


class Membership(Base):
    """A member in the community of one condition, and what they show of their location there.

    ``shown_zone`` is the home zone or an ancestor of it; ``pin`` (lng, lat, SRID 4326) is an anchor of that zone, or
    None if it is a country or a region, which never have pins. ``audience_before`` is the audience before the
    membership was hidden; it is deleted together with the zone. ``hidden_by`` is the random id of the act of hiding,
    shared by everything hidden by it, and deleted with ``audience_before``. ``version`` is incremented by every change,
    to detect outdated forms. ``salt`` determines the pin together with the key and is deleted with the row: a member
    who leaves and joins again gets another pin. It is empty in rows from before there were salts. ``closed_on`` is the
    day on which a caregiver closed it after a death: it is nowhere, until that is undone or the membership is deleted.
    """

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint(one_of("role", tuple(Role)), name="role"),
        CheckConstraint(one_of("audience", AUDIENCES), name="audience"),
        CheckConstraint(
            f"audience_before is null or ({one_of('audience_before', AUDIENCES[1:])} and audience = 'nobody' "
            "and shown_zone is not null)",
            name="audience_before",
        ),
        CheckConstraint("closed_on is null or audience = 'nobody'", name="closed_on"),
        Index(
            "ix_membership_condition_id_pin_tile", "condition_id", text(PIN_TILE), postgresql_where="pin is not null"
        ),
        Index("ix_membership_condition_id_shown_zone", "condition_id", "shown_zone"),
        Index("ix_membership_member_id", "member_id"),
        Index(
            "ix_membership_country",
            "condition_id",
            COUNTRY,
            "public_id",
            postgresql_where=text("shown_zone is not null"),
        ),
        Index(
            "ix_membership_contacts",
            "condition_id",
            "member_id",
            postgresql_include=["shown_zone", "role"],
            postgresql_where=text("audience = 'contacts' and shown_zone is not null"),
        ),
        Index("ix_membership_closed_on", "closed_on", postgresql_where=text("closed_on is not null")),
        UniqueConstraint("condition_id", "public_id"),
    )

    condition_id: Mapped[int] = mapped_column(ForeignKey("condition.id"), primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    public_id: Mapped[str] = mapped_column(default=random_id)
    role: Mapped[str]
    for_minor: Mapped[bool] = mapped_column(default=False, server_default="false")
    pseudonym: Mapped[str | None]
    audience: Mapped[str] = mapped_column(default="nobody", server_default="nobody")
    audience_before: Mapped[str | None]
    hidden_by: Mapped[uuid.UUID | None]
    shown_zone: Mapped[ZoneId | None] = mapped_column(ForeignKey("zone.id"))
    pin: Mapped[WKBElement | WKTElement | None] = mapped_column(Geometry("POINT", SRID, spatial_index=False))
    joined: Mapped[dt.date] = mapped_column(server_default=func.current_date())
    counted_since: Mapped[dt.date | None]
    closed_on: Mapped[dt.date | None]
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    salt: Mapped[bytes] = mapped_column(
        LargeBinary, default=lambda: secrets.token_bytes(16), server_default=text("uuid_send(gen_random_uuid())")
    )

    def note_change(self) -> None:
        """Increment the version, which makes open forms outdated."""
        self.version += 1

    @validates("audience_before")
    def _forget_act(self, _key: str, audience: str | None) -> str | None:
        """Delete the id of the act of hiding together with the audience that it would restore."""
        if audience is None:
            self.hidden_by = None
        return audience


@event.listens_for(Membership, "before_update")
def _note_change(_mapper: object, _connection: object, membership: Membership) -> None:
    """Increment the version on every change, so that no caller can forget it."""
    session, state = object_session(membership), inspect(membership)
    if not state.attrs.version.history.has_changes() and session and session.is_modified(membership):
        membership.note_change()


class ConsentWording(Base):
    """A wording of consents, stored once for all of them. It is never changed or deleted.

    It has placeholders for everything that differs between members, so that it says nothing about any of them. ``id``
    is a hash of the words: it does not say when somebody was the first to read them.
    """

    __tablename__ = "consent_wording"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    wording: Mapped[str] = mapped_column(unique=True)


class Consent(Base):
    """A consent in the words that the member read, and its period of validity.

    A consent to be shown has placeholders in its ``wording`` for the zone it was given for and, if it is the second
    one, for the number of people with the condition who are expected there. Their values are in ``zone_id`` and
    ``expected_people`` while the consent is valid, and are deleted when it ends.

    ``given_at`` is part of the key: of two consents of one kind that a member gives at the same moment, the second is
    a microsecond later (``store/community/consent_rows.py``). ``condition_id`` cannot be: the consent to take part has
    none.
    """

    __tablename__ = "consent"
    __table_args__ = (CheckConstraint(one_of("kind", tuple(ConsentKind)), name="kind"),)

    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    condition_id: Mapped[int | None] = mapped_column(ForeignKey("condition.id"))
    kind: Mapped[str] = mapped_column(primary_key=True)
    wording_id: Mapped[int] = mapped_column(ForeignKey("consent_wording.id"))
    zone_id: Mapped[ZoneId | None] = mapped_column(ForeignKey("zone.id"))
    expected_people: Mapped[int | None]
    given_at: Mapped[dt.datetime] = mapped_column(server_default=func.now(), primary_key=True)
    revoked_at: Mapped[dt.datetime | None]

    wording: Mapped[str] = column_property(
        select(ConsentWording.wording)
        .where(ConsentWording.id == wording_id)
        .correlate_except(ConsentWording)
        .scalar_subquery()
    )


class ZoneCount(Base):
    """The number of memberships shown in a zone or below it, by audience and role, without the latest changes."""

    __tablename__ = "zone_count"
    __table_args__ = (CheckConstraint("n >= 0", name="n"), Index("ix_zone_count_zone_id", "zone_id"))

    condition_id: Mapped[int] = mapped_column(ForeignKey("condition.id"), primary_key=True)
    zone_id: Mapped[ZoneId] = mapped_column(Text(collation="C"), ForeignKey("zone.id"), primary_key=True)
    audience: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int]


class ZoneCountVersion(Base):
    """The sum of the ids of all changes that were added to the counts of a condition and an audience.

    Together with the ids of those that were not yet, it is a larger number after each change, and only then.
    """

    __tablename__ = "zone_count_version"

    condition_id: Mapped[int] = mapped_column(ForeignKey("condition.id"), primary_key=True)
    audience: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)


class ZoneCountChange(Base):
    """By how much a count changed since the last roll-up: no member, no time, and gone with the next roll-up.

    ``zone_ids`` are all the zones whose count it changes: the part of the world, the country and so on.
    No foreign keys: every row was made from a membership, and ``zone_count`` has them.
    """

    __tablename__ = "zone_count_change"

    condition_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    zone_ids: Mapped[list[str]] = mapped_column(ARRAY(Text(collation="C")))
    audience: Mapped[str]
    role: Mapped[str]
    n: Mapped[int]
