"""What can go wrong, in the reader's words. No HTTP here: ``web/site/error_pages.py`` gives each its status."""


class MapServiceError(Exception):
    """Something the reader can act on; the docstring of a subclass says what happened."""


class UnknownZoneError(MapServiceError):
    """The form names a zone that this version of the zone tree does not have."""


class UnknownConditionError(MapServiceError):
    """No condition of the catalogue has this address."""


class UnknownReleaseError(MapServiceError):
    """No release of the figures has this number."""


class TooMuchError(MapServiceError):
    """More was asked for at once than one file holds."""


class BadParameterError(MapServiceError):
    """An address of the interface asks for something that it cannot read; the message says what to do."""


class TooBusyError(MapServiceError):
    """Others are having as much done at this moment as the machine can bear; nothing was changed."""


class UnknownPersonError(MapServiceError):
    """Nobody with this card is shown to this viewer."""


class NotAMemberError(MapServiceError):
    """The member has not joined this condition."""


class ConsentMissingError(MapServiceError):
    """The member has not agreed to what this step needs."""


class AccountClosedError(MapServiceError):
    """The account is closed."""


class ReviewFirstError(MapServiceError):
    """The member came back hidden after a restore, and has not looked through their settings yet."""


class TooFineError(MapServiceError):
    """The level tells more of a place than this member may show."""


class MovedTooSoonError(MapServiceError):
    """The place was changed less than ninety days ago, so that it cannot be changed again yet."""


class TooManyRequestsError(MapServiceError):
    """More was asked for than one person needs; ``retry_after`` is in seconds, ``purpose`` says of what."""

    def __init__(self, retry_after: int = 60, purpose: str = "") -> None:
        super().__init__(retry_after, purpose)
        self.retry_after = retry_after
        self.purpose = purpose


class SetupError(MapServiceError):
    """The service cannot start; the message says in one sentence what to do."""
