"""What a member can do with the profile card of somebody else: each subject adds its own action, in one list."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Flask, current_app, url_for

from mapservice.i18n.translation import Message

_ACTIONS = "card_actions"


@dataclass(frozen=True, slots=True)
class CardAction:
    """A link on the card of somebody else, such as "Write".

    ``endpoint`` is the page that it opens, whose address has the condition's ``slug`` and the ``public_id`` of the
    person. Opening it changes nothing: a form on it does.
    """

    label: Message
    endpoint: str


def add(app: Flask, action: CardAction) -> None:
    """Add an action to every card, below those added before."""
    app.extensions.setdefault(_ACTIONS, []).append(action)


def links(slug: str, public_id: str, *, is_own: bool = False, but: str = "") -> Sequence[tuple[str, str]]:
    """Return the actions on the card of a person as pairs of label and address; none on one's own card.

    ``but`` is the endpoint of an action to leave out: that of the page that shows the others.
    """
    actions: list[CardAction] = [] if is_own else current_app.extensions.get(_ACTIONS, [])
    return [
        (str(action.label), url_for(action.endpoint, slug=slug, public_id=public_id))
        for action in actions
        if action.endpoint != but
    ]
