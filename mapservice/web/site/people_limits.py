"""One limit for everything that shows other people: profile cards, pages of lists, and searches, with one alarm.

Someone who collects people takes from the same allowance, whichever way they go.
"""

import structlog

from mapservice import logs
from mapservice.current import current_config
from mapservice.errors import TooManyRequestsError
from mapservice.store.tables import Member
from mapservice.web.site import rate_limits
from mapservice.web.site.rate_limits import Limit

log = structlog.get_logger()
logs.declare("people_limit")

#: The names of the limits per hour and per day.
PER_HOUR, PER_DAY = "people-hour", "people-day"

_HOUR_S, _DAY_S = 60 * 60, 24 * 60 * 60


def consume(member: Member) -> None:
    """Use up one view of other people: a profile card, a page of a list, or a search.

    :raise TooManyRequestsError: if this member has none left.
    """
    config = current_config()
    try:
        rate_limits.consume(Limit(PER_HOUR, config.card_limit_hour, _HOUR_S), str(member.id))
        rate_limits.consume(Limit(PER_DAY, config.card_limit_day, _DAY_S), str(member.id))
    except TooManyRequestsError:
        _raise_alarm(member)
        raise


def consume_list(member: Member, name: str) -> None:
    """Use up one view for a page of a list, but none for the same page again within an hour.

    An open page asks for its list again every few seconds, so that people who hide are gone from it.

    :raise TooManyRequestsError: if this member has none left.
    """
    shown_lately, page = Limit("people-list", 1, _HOUR_S), f"{member.id}/{name}"
    if not rate_limits.is_used_up(shown_lately, page):
        consume(member)
        rate_limits.take(shown_lately, page)


def _raise_alarm(member: Member) -> None:
    """Log that somebody reached the limit: not who, and once a day for each of them."""
    if rate_limits.take(Limit("people-alarm", 1, _DAY_S), str(member.id)):
        log.warning("people_limit")
