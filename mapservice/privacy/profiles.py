"""What members say about themselves on their profile card of a condition, and who can read each part of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from uuid import UUID

from mapservice.privacy.care import AgeBand, Relationship
from mapservice.privacy.visibility import Audience, Viewer, is_wider, sees

#: The most characters of "a few words".
MAX_WORDS = 1000


class ProfilePart(StrEnum):
    """A part of a profile that has an audience of its own."""

    WORDS = "words"
    LANGUAGES = "languages"
    LOOKING_FOR = "looking_for"
    DURATION = "duration"
    RELATIONSHIP = "relationship"
    AGE_BAND = "age_band"


#: The parts about the person for whom a caregiver speaks: nobody else has them.
ABOUT_THE_PERSON = (ProfilePart.RELATIONSHIP, ProfilePart.AGE_BAND)


class LookingFor(StrEnum):
    """Whom or what a member hopes to find."""

    NEARBY = "nearby"
    LISTENER = "listener"
    SAME_TREATMENT = "same-treatment"
    LONGER = "longer"
    PARENTS = "parents"
    SAME_AGE = "same-age"
    DAILY_LIFE = "daily-life"
    WORK = "work"


class Duration(StrEnum):
    """How long somebody has lived with a condition: a band that they choose, never computed from a date."""

    LOOKING_FOR_DIAGNOSIS = "undiagnosed"
    UNDER_ONE = "under-1"
    ONE_TO_FIVE = "1-5"
    FIVE_TO_TEN = "5-10"
    OVER_TEN = "over-10"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class MemberProfile:
    """The parts of a profile; an empty part says nothing. A part without an audience is for nobody.

    ``words`` is plain text; ``languages`` are ISO 639 codes. ``relationship`` and ``age_band`` are what a caregiver
    says about the person for whom they speak. They belong to this one profile: another caregiver has their own.
    """

    words: str = ""
    languages: tuple[str, ...] = ()
    looking_for: tuple[LookingFor, ...] = ()
    duration: Duration | None = None
    audiences: Mapping[ProfilePart, Audience] = field(default_factory=dict)
    relationship: Relationship | None = None
    age_band: AgeBand | None = None

    def says(self, part: ProfilePart) -> object:
        """Return the content of a part."""
        return getattr(self, part)

    def audience(self, part: ProfilePart) -> Audience:
        """Return the audience of a part; nobody if it says nothing."""
        return self.audiences.get(part, Audience.NOBODY) if self.says(part) else Audience.NOBODY

    def seen_by(self, viewer: Viewer, person: UUID) -> "MemberProfile":
        """Return what a viewer can read of it, who can see its person; nothing of the audiences."""
        seen = (part for part in ProfilePart if sees(viewer, person, self.audience(part)))
        return replace(MemberProfile(), **{part.value: self.says(part) for part in seen})  # type: ignore[arg-type]


if {part.value for part in ProfilePart} | {"audiences"} != {part.name for part in fields(MemberProfile)}:
    raise TypeError("every part of a profile needs an audience")


def shows_more(before: MemberProfile, after: MemberProfile) -> bool:
    """Return whether a change shows a part to more people; other words for the same people are no more."""
    return any(is_wider(after.audience(part), than=before.audience(part)) for part in ProfilePart)


def withdraws(before: MemberProfile, after: MemberProfile) -> bool:
    """Return whether a change takes anything away from people who could read it."""
    return any(
        before.audience(part) is not Audience.NOBODY
        and (is_wider(before.audience(part), than=after.audience(part)) or before.says(part) != after.says(part))
        for part in ProfilePart
    )


def only_withdraws(before: MemberProfile, after: MemberProfile) -> bool:
    """Return whether a change shows nothing new to anybody: each part says the same, to no more people, or nothing."""
    return not shows_more(before, after) and all(
        after.audience(part) is Audience.NOBODY or before.says(part) == after.says(part) for part in ProfilePart
    )
