"""The sentences that the script of the members' map says, in the reader's language."""

from flask_babel import gettext as _

from mapservice.i18n.labels import ROLES


def cluster_words() -> dict[str, object]:
    """All that the map says, by the names that ``maps.elements.CLUSTER_WORDS`` asks for."""
    return _of_the_map() | _of_the_card() | {"roles": {role.value: str(words) for role, words in ROLES.items()}}


def _of_the_map() -> dict[str, object]:
    return {
        "again": _("Try again"),
        "badge": {
            "country": {
                "one": _("{name}: 1 shows the whole country; open the table"),
                "other": _("{name}: {n} show the whole country; open the table"),
            },
            "region": {
                "one": _("{name}: 1 shows the whole region; open the table"),
                "other": _("{name}: {n} show the whole region; open the table"),
            },
            "district": {
                "one": _("{name}: 1 shows the whole district; open the table"),
                "other": _("{name}: {n} show the whole district; open the table"),
            },
        },
        "cluster": {"one": _("{name}, 1 person; zoom in"), "other": _("{name}, {n} people; zoom in")},
        "empty": _("Nobody is shown in this part of the map."),
        "error": _("The map could not be loaded."),
        "in_view": {
            "one": _("{n} mark in view. Press Enter to open it."),
            "other": _("{n} marks in view. Arrow keys move between them, Enter opens one."),
        },
        "loading": _("Loading…"),
        "not_fresh": _("The map could not be refreshed. We are trying again."),
        "pin": {"one": _("{role}; open the card"), "other": _("{role}; open the card")},
        "signed_out": _("You are signed out. Sign in again to see people."),
        "stack": {"one": _("{n} person; open the card"), "other": _("{n} people; open the cards")},
        "wait_minutes": {
            "one": _("That was a lot at once. Please wait a minute."),
            "other": _("That was a lot at once. Please wait {n} minutes."),
        },
        "wait_seconds": {
            "one": _("That was a lot at once. Please wait a second."),
            "other": _("That was a lot at once. Please wait {n} seconds."),
        },
        "stale": _("For a minute the map could not be refreshed. People may have hidden, so nobody is shown now."),
        "you": _("You"),
        "you_among": _("You are among them."),
    }


def _of_the_card() -> dict[str, object]:
    return {
        "card": _("Card of a person"),
        "card_error": _("The card could not be loaded."),
        "card_gone": _("This person is not shown any more."),
        "close": _("Close"),
        "more": _("More"),
        "next": _("Next"),
        "page": _("{at} of {n}"),
        "previous": _("Previous"),
        "unnamed": _("No name"),
    }
