"""What the operator of a service has set in the browser: its name and colour, its texts, its logo."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, LargeBinary, SmallInteger, func
from sqlalchemy.orm import Mapped, mapped_column

from mapservice.store.tables.base import Base, one_of

#: Maximum length of a text, in characters.
MAX_SOURCE = 30_000


class TextKind(StrEnum):
    """The pages that an operator writes."""

    IMPRINT = "imprint"
    CONTROLLER = "controller"
    TERMS = "terms"
    RULES = "rules"


class ServiceSetting(Base):
    """One setting of the service; without a row it has its default. ``store.operator.settings`` names them."""

    __tablename__ = "service_setting"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class ServiceText(Base):
    """One version of a text of the operator in a language, in Markdown; the highest number is the current one.

    An empty one takes the page away. Versions are never changed.
    """

    __tablename__ = "service_text"
    __table_args__ = (
        CheckConstraint(one_of("kind", tuple(TextKind)), name="kind"),
        CheckConstraint(f"length(source) <= {MAX_SOURCE}", name="source"),
    )

    kind: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str]
    made_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class ServicePicture(Base):
    """The logo in one size, as a PNG; ``digest`` is that of the picture from which all sizes were made."""

    __tablename__ = "service_picture"

    digest: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary)
