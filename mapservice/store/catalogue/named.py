"""The condition that a sentence is about, such as "is cystic fibrosis hereditary"."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from mapservice.store.catalogue import conditions
from mapservice.store.tables import Condition, ConditionName

#: Words of the longest name that is looked for in a sentence, and of the longest sentence.
MAX_NAME, MAX_SENTENCE = 6, 16

#: Minimum likeness of a misspelt name, or one in another language, from 0 to 1.
ALIKE = 0.55


@dataclass(frozen=True, slots=True)
class NamedCondition:
    """A condition, and the other words of the sentence in which it is named."""

    condition: Condition
    rest: Sequence[str]


def named(session: Session, words: Sequence[str], is_filler: Callable[[str], bool]) -> NamedCondition | None:
    """Return the condition that is named in folded words: by its longest exact name among them, otherwise by what is
    left without fillers, which may be misspelt.
    """
    words = words[:MAX_SENTENCE]
    return _by_exact_name(session, words, is_filler) or _by_similar_name(session, words, is_filler)


def _by_exact_name(session: Session, words: Sequence[str], is_filler: Callable[[str], bool]) -> NamedCondition | None:
    spans = {
        " ".join(words[start:end]): (start, end)
        for end in range(len(words), 0, -1)
        for start in range(max(0, end - MAX_NAME), end)
        if not all(is_filler(word) for word in words[start:end])
    }
    found = (
        select(Condition, ConditionName.folded)
        .join(ConditionName, ConditionName.condition_id == Condition.id)
        .where(ConditionName.folded.in_(list(spans)), Condition.is_offered)
        .order_by(case((ConditionName.kind == "name", 0), else_=1), Condition.prevalence.desc().nulls_last())
    )
    rows = session.execute(found).all()
    if not rows:
        return None
    condition, folded = max(rows, key=lambda row: (len(row[1].split()), len(row[1])))
    start, end = spans[folded]
    return NamedCondition(condition, [*words[:start], *words[end:]])


def _by_similar_name(session: Session, words: Sequence[str], is_filler: Callable[[str], bool]) -> NamedCondition | None:
    name = [word for word in words if not is_filler(word)]
    rest = [word for word in words if is_filler(word)]
    hits = conditions.find(session, " ".join(name), 1) if name and rest else []
    if not hits or (hits[0].rank > conditions.BEGINNING and hits[0].likeness < ALIKE):
        return None
    return NamedCondition(conditions.get(session, hits[0].slug), rest)
