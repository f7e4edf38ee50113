"""The tables. People have random ids and no coordinates of their own; dates about them are shown by month only."""

from mapservice.store.tables.accounts import (
    Allowance,
    EmailChange,
    KnownDevice,
    LoginSession,
    Mail,
    MailFailure,
    Member,
    MemberStaffRole,
    Moderator,
    Operation,
    Passkey,
    PendingSignUp,
    RecoveryCode,
    SecondFactor,
    StaffLook,
    StaffRole,
)
from mapservice.store.tables.audit_log import AuditLogEntry
from mapservice.store.tables.base import SRID, SRID_DRAWN, Base, random_id
from mapservice.store.tables.catalogue import Condition, ConditionCode, ConditionName
from mapservice.store.tables.community import (
    Consent,
    ConsentWording,
    HomeZone,
    Membership,
    ZoneCount,
    ZoneCountChange,
    ZoneCountVersion,
)
from mapservice.store.tables.figures import CountBucket, CountedMember, Release, ReleasedCount
from mapservice.store.tables.keys import KeyFingerprint
from mapservice.store.tables.zones import BaseFeature, BaseTile, Loaded, ZoneRow

__all__ = [
    "SRID",
    "SRID_DRAWN",
    "Allowance",
    "AuditLogEntry",
    "Base",
    "BaseFeature",
    "BaseTile",
    "Condition",
    "ConditionCode",
    "ConditionName",
    "Consent",
    "ConsentWording",
    "CountBucket",
    "CountedMember",
    "EmailChange",
    "HomeZone",
    "KeyFingerprint",
    "KnownDevice",
    "Loaded",
    "LoginSession",
    "Mail",
    "MailFailure",
    "Member",
    "MemberStaffRole",
    "Membership",
    "Moderator",
    "Operation",
    "Passkey",
    "PendingSignUp",
    "RecoveryCode",
    "Release",
    "ReleasedCount",
    "SecondFactor",
    "StaffLook",
    "StaffRole",
    "ZoneCount",
    "ZoneCountChange",
    "ZoneCountVersion",
    "ZoneRow",
    "random_id",
]
