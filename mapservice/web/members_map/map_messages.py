"""The messages of the script of the members' map, in the reader's language."""

from mapservice.i18n.labels import ROLES
from mapservice.i18n.plural_forms import plural_forms
from mapservice.i18n.translation import gettext as _


def cluster_words() -> dict[str, object]:
    """Return the messages by the keys of ``maps.elements.CLUSTER_WORDS``."""
    return _of_the_map() | _of_the_card() | {"roles": {role.value: str(words) for role, words in ROLES.items()}}


def _of_the_map() -> dict[str, object]:
    return {
        "again": _("Try again"),
        "badge": {
            "country": plural_forms(
                "{name}: {n} person shows the whole country. Open the table.",
                "{name}: {n} people show the whole country. Open the table.",
            ),
            "region": plural_forms(
                "{name}: {n} person shows the whole region. Open the table.",
                "{name}: {n} people show the whole region. Open the table.",
            ),
            "district": plural_forms(
                "{name}: {n} person shows the whole district. Open the table.",
                "{name}: {n} people show the whole district. Open the table.",
            ),
        },
        "cluster": plural_forms("{name}, {n} person; zoom in", "{name}, {n} people; zoom in"),
        "empty": _("Nobody is shown in this part of the map."),
        "error": _("We could not load the map."),
        "in_view": plural_forms(
            "{n} mark on the visible map. Press Enter to open it.",
            "{n} marks on the visible map. Use the arrow keys to move between them. Press Enter to open one.",
        ),
        "list": _("View as a list"),
        "loading": _("Loading…"),
        "not_fresh": _("We could not refresh the map. We are trying again."),
        "pin": _("{role}; open the profile"),
        "signed_out": _("You have been signed out. Sign in again to see people."),
        "stack": plural_forms("{n} person; open the profile", "{n} people; open the profiles"),
        "stack_gone": _("These people are no longer visible to you."),
        "wait_minutes": plural_forms(
            "You have sent too many requests in a short time. Try again in {n} minute.",
            "You have sent too many requests in a short time. Try again in {n} minutes.",
        ),
        "wait_seconds": plural_forms(
            "You have sent too many requests in a short time. Try again in {n} second.",
            "You have sent too many requests in a short time. Try again in {n} seconds.",
        ),
        "stale": _(
            "The map could not be refreshed for a minute. People may have hidden, so we are not showing anyone now."
        ),
        "you": _("You"),
        "you_among": _("You are among them."),
    }


def _of_the_card() -> dict[str, object]:
    return {
        "card": _("Profile"),
        "card_error": _("We could not load the profile."),
        "card_gone": _("This person is no longer visible to you."),
        "close": _("Close"),
        "more": _("More"),
        "next": _("Next"),
        "page": _("{at} of {n}"),
        "previous": _("Previous"),
        "unnamed": _("No name"),
    }
