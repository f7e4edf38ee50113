"""The words of profile cards: labels of their parts, and what they say in the reader's language."""

from collections.abc import Sequence
from dataclasses import dataclass

from mapservice.i18n.labels import ROLES, zone_name
from mapservice.i18n.translation import get_locale
from mapservice.i18n.translation import gettext as _
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.privacy.care import AgeBand, Relationship
from mapservice.privacy.profiles import Duration, LookingFor, MemberProfile, ProfilePart
from mapservice.privacy.visibility import Role
from mapservice.store.places.member_lists import Card

#: The languages that a member can say that they speak, by ISO 639 code: the most spoken, and those of Europe.
SPOKEN = (
    "en", "es", "fr", "de", "pt", "it", "ar", "zh", "hi", "bn", "ur", "id", "ja", "ko", "vi", "tr",
    "fa", "ru", "uk", "pl", "nl", "sv", "da", "nb", "fi", "is", "ga", "cy", "ca", "eu", "gl", "cs",
    "sk", "hu", "ro", "bg", "el", "sr", "hr", "bs", "sl", "mk", "sq", "lt", "lv", "et", "mt", "he",
    "sw", "am", "ha", "yo", "ta", "te", "pa", "fil", "th", "ms",
)  # fmt: skip

LOOKING_FOR = {
    LookingFor.NEARBY: _l("Someone near me"),
    LookingFor.LISTENER: _l("Someone who listens"),
    LookingFor.SAME_TREATMENT: _l("Someone who has the same treatment"),
    LookingFor.LONGER: _l("Someone who has lived with it for longer"),
    LookingFor.PARENTS: _l("Other parents"),
    LookingFor.SAME_AGE: _l("Someone of my age"),
    LookingFor.DAILY_LIFE: _l("Tips for daily life"),
    LookingFor.WORK: _l("Advice about work or school"),
}

DURATIONS = {
    Duration.LOOKING_FOR_DIAGNOSIS: _l("I do not have a diagnosis yet"),
    Duration.UNDER_ONE: _l("Less than a year"),
    Duration.ONE_TO_FIVE: _l("1 to 5 years"),
    Duration.FIVE_TO_TEN: _l("5 to 10 years"),
    Duration.OVER_TEN: _l("More than 10 years"),
    Duration.ALWAYS: _l("Since birth or childhood"),
}

#: What a caregiver is to the person they represent, as they choose it.
RELATIONSHIPS = {
    Relationship.PARENT: _l("Their parent"),
    Relationship.PARTNER: _l("Their partner"),
    Relationship.CHILD: _l("Their child"),
    Relationship.SIBLING: _l("Their brother or sister"),
    Relationship.RELATIVE: _l("Another relative"),
    Relationship.FRIEND: _l("A friend or neighbour"),
    Relationship.PROFESSIONAL: _l("I care for them as my job"),
    Relationship.OTHER: _l("Something else"),
}

#: The same as others read it on a profile.
RELATIONSHIPS_READ = {
    Relationship.PARENT: _l("Parent of the person with the condition"),
    Relationship.PARTNER: _l("Partner of the person with the condition"),
    Relationship.CHILD: _l("Grown-up child of the person with the condition"),
    Relationship.SIBLING: _l("Brother or sister of the person with the condition"),
    Relationship.RELATIVE: _l("Relative of the person with the condition"),
    Relationship.FRIEND: _l("Friend or neighbour of the person with the condition"),
    Relationship.PROFESSIONAL: _l("Cares for the person with the condition as a job"),
    Relationship.OTHER: _l("Represents the person with the condition in another way"),
}

AGE_BANDS = {
    AgeBand.UNDER_SIX: _l("Under 6"),
    AgeBand.SIX_TO_ELEVEN: _l("6 to 11"),
    AgeBand.TWELVE_TO_SEVENTEEN: _l("12 to 17"),
    AgeBand.EIGHTEEN_TO_39: _l("18 to 39"),
    AgeBand.FORTY_TO_64: _l("40 to 64"),
    AgeBand.OVER_64: _l("65 or older"),
}


@dataclass(frozen=True, slots=True)
class CardWords:
    """A profile card as it is read: ``words`` as its author wrote them, the others in the reader's language."""

    public_id: str
    pseudonym: str
    role: str
    role_name: str
    zone_name: str
    is_own: bool
    words: str
    facts: Sequence[tuple[str, str]]


def card_words(card: Card) -> CardWords:
    """Return the words of a card that somebody can see."""
    return CardWords(
        card.public_id,
        card.pseudonym,
        card.role,
        str(ROLES[Role(card.role)]),
        zone_name(card.zone_id, card.zone_name),
        card.is_own,
        card.profile.words,
        facts(card.profile),
    )


def language_name(code: str) -> str:
    """Return the name of a language in the reader's language."""
    name: str = get_locale().languages.get(code, code)
    return name[:1].upper() + name[1:]


def spoken() -> list[tuple[str, str]]:
    """Return the codes and names of all languages to choose from, by name."""
    return sorted(((code, language_name(code)) for code in SPOKEN), key=lambda pair: pair[1].casefold())


def facts(profile: MemberProfile) -> Sequence[tuple[str, str]]:
    """Return what a profile says beside its words, as pairs of label and text; without what says nothing."""
    pairs = {
        ProfilePart.LANGUAGES: (_("Speaks"), ", ".join(map(language_name, profile.languages))),
        ProfilePart.LOOKING_FOR: (
            _("Is looking for"),
            " · ".join(str(LOOKING_FOR[one]) for one in profile.looking_for),
        ),
        ProfilePart.DURATION: (_("Has lived with it"), str(DURATIONS[profile.duration]) if profile.duration else ""),
        ProfilePart.RELATIONSHIP: (
            _("Relationship"),
            str(RELATIONSHIPS_READ[profile.relationship]) if profile.relationship else "",
        ),
        ProfilePart.AGE_BAND: (
            _("Age of that person"),
            str(AGE_BANDS[profile.age_band]) if profile.age_band else "",
        ),
    }
    return [pair for pair in pairs.values() if pair[1]]
