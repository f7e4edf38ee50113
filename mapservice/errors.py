"""Errors that the reader can act on. No HTTP here: ``web/site/error_pages.py`` maps each to a status."""


class MapServiceError(Exception):
    """Base class; the docstring of a subclass describes what happened."""


class UnknownZoneError(MapServiceError):
    """The form names a zone that does not exist in this version of the zone tree."""


class UnknownConditionError(MapServiceError):
    """No condition of the catalogue has this slug."""


class UnknownReleaseError(MapServiceError):
    """No release of the figures has this number."""


class TooMuchError(MapServiceError):
    """The request is for more than one file can hold."""


class BadParameterError(MapServiceError):
    """A parameter of the API cannot be read; the message says what to do."""


class TooBusyError(MapServiceError):
    """The machine is busy with similar requests; nothing was changed."""


class UnknownPersonError(MapServiceError):
    """No person with this profile card is visible to this viewer."""


class UnknownConversationError(MapServiceError):
    """There is no such conversation for this member."""


class TooManyNewPeopleError(MapServiceError):
    """The member has written to as many new people as they can in a day."""


class UnknownTextError(MapServiceError):
    """There is no such text that this viewer can read."""


class UnknownReportError(MapServiceError):
    """There is no such report, or this moderator must not decide it."""


class StaffAccountError(MapServiceError):
    """The account is one of staff, and cannot be suspended before its roles are removed."""


class UnknownCodeError(MapServiceError):
    """No code of this condition that was entered works for this member."""


class SpeaksForAnotherError(MapServiceError):
    """The membership speaks for a person together with others already."""


class TooManySpeakersError(MapServiceError):
    """As many memberships as possible speak for one person already."""


class NotAMemberError(MapServiceError):
    """The member has not joined this condition."""


class ConsentMissingError(MapServiceError):
    """The member has not given the consent that this step needs."""


class AccountClosedError(MapServiceError):
    """The account is closed."""


class ReviewFirstError(MapServiceError):
    """The member was hidden after a restore, and has not reviewed their settings yet."""


class TooFineError(MapServiceError):
    """The level is finer than this member may show."""


class MovedTooSoonError(MapServiceError):
    """The location was changed less than ninety days ago, and cannot be changed yet."""


class TooManyRequestsError(MapServiceError):
    """The rate limit is reached; ``retry_after`` is in seconds, ``purpose`` names the limit."""

    def __init__(self, retry_after: int = 60, purpose: str = "") -> None:
        super().__init__(retry_after, purpose)
        self.retry_after = retry_after
        self.purpose = purpose


class UnreadableTextError(MapServiceError):
    """A text cannot be decrypted: it was written with another key or for another place, or was changed since."""


class MissingMessageKeyError(MapServiceError):
    """This machine does not have a key that encrypts conversations."""


class SetupError(MapServiceError):
    """The service cannot start; the message says in one sentence what to do."""
