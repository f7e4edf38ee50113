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
    person. Opening it changes nothing: a form on it does. ``in_conversation`` is the page that does the same in a
    conversation, whose address has its ``conversation_id`` instead: the other may have hidden, or never joined.
    """

    label: Message
    endpoint: str
    in_conversation: str = ""


def add(app: Flask, action: CardAction) -> None:
    """Add an action to every card, below those added before."""
    app.extensions.setdefault(_ACTIONS, []).append(action)


def links(slug: str, public_id: str, *, is_own: bool = False) -> Sequence[tuple[str, str]]:
    """Return the actions on the card of a person as pairs of label and address; none on one's own card."""
    actions = [] if is_own else _all()
    return [(str(action.label), url_for(action.endpoint, slug=slug, public_id=public_id)) for action in actions]


def links_in_conversation(slug: str, conversation_id: object) -> Sequence[tuple[str, str]]:
    """Return the actions on the other in a conversation as pairs of label and address."""
    return [
        (str(action.label), url_for(action.in_conversation, slug=slug, conversation_id=conversation_id))
        for action in _all()
        if action.in_conversation
    ]


def _all() -> list[CardAction]:
    actions: list[CardAction] = current_app.extensions.get(_ACTIONS, [])
    return actions
