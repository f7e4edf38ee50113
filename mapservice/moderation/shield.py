"""The shield: whether a new text is held before others read it, by the rules and the model together."""

from collections.abc import Iterable

from mapservice.moderation import model, rules
from mapservice.moderation.rules import Author, HoldReason

#: From how likely a text is to be bad it is held: of somebody new, and of others.
OF_NEW, OF_OTHERS = 0.35, 0.8


def reasons_to_hold(text: str, own_words: Iterable[str], author: Author) -> tuple[HoldReason, ...]:
    """Return why a text is held; nothing if it is not.

    ``own_words`` are names and symptoms of the condition in whose community it is written. A text of somebody new is
    held by a rule or by the model. A text of anybody else is held if the model is surer, or if a rule and the model
    agree; if it warns others, it is not held.
    """
    found = rules.reasons_to_hold(text, own_words, author)
    if (found and author.is_new) or (not author.is_new and rules.warns(text)):
        return found
    likely = model.probability(text, is_first=author.shown == 0)
    if likely <= (OF_NEW if author.is_new or found else OF_OTHERS):
        return ()
    return found or (HoldReason.LIKENESS, *rules.beside(text, own_words, author))
