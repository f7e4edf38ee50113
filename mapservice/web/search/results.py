"""What a search finds: conditions, an answer, what sources say, and texts, for the person who has sent this request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from mapservice.db import get_session
from mapservice.errors import UnknownConditionError
from mapservice.i18n.question_searches import asked_for, is_of_question
from mapservice.i18n.translation import get_locale
from mapservice.privacy.texts import Reader
from mapservice.questions import QuestionKind
from mapservice.store.across.subjects import SEARCHED
from mapservice.store.catalogue import conditions
from mapservice.store.catalogue.conditions import ConditionHit
from mapservice.store.catalogue.named import NamedCondition, named
from mapservice.store.search import asked as queries
from mapservice.store.search import finding
from mapservice.store.search.asked import SearchQuery
from mapservice.store.search.finding import Filters, Hit
from mapservice.store.tables import Condition
from mapservice.store.texts import readers
from mapservice.text.folding import fold
from mapservice.web.accounts import login
from mapservice.web.search.marks import has_mark, to_html
from mapservice.web.site import search_parts
from mapservice.web.site.search_parts import FoundText

#: Maximum numbers of conditions, of merely similar names, of what sources say, and of texts on a page.
CONDITIONS, ALIKE, FACTS, PAGE = 20, 6, 3, 10

#: The kind of results that is no group of texts.
ONLY_CONDITIONS = "conditions"

#: The group of texts in which answers and facts are.
QUESTIONS = "questions"


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What somebody asks for: words and filters, as they are in the address."""

    words: str
    kind: str = ""
    written_in: str = ""
    condition: Condition | None = None
    page: int = 1

    @property
    def address(self) -> dict[str, str]:
        """The parameters of the address, without the page."""
        slug = self.condition.slug if self.condition else ""
        all_of_them = {"q": self.words, "kind": self.kind, "written_in": self.written_in, "condition": slug}
        return {name: value for name, value in all_of_them.items() if value}


@dataclass(frozen=True, slots=True)
class ShownHit:
    """A result with the words that were found, marked."""

    text: FoundText
    title: Markup
    excerpt: Markup

    @property
    def is_foreign(self) -> bool:
        """Whether the text is in another language than the page."""
        return self.text.language != get_locale().language


@dataclass(frozen=True, slots=True)
class Results:
    """Everything that was found; ``is_exact`` is False if the texts only have most of the words, or similar ones."""

    met: Sequence[ConditionHit] = ()
    alike: Sequence[ConditionHit] = ()
    about: Condition | None = None
    answers: Sequence[Mapping[str, Any]] = ()
    facts: Sequence[ShownHit] = ()
    texts: Sequence[ShownHit] = ()
    is_exact: bool = True
    has_more: bool = False
    is_past_end: bool = field(default=False)

    @property
    def guesses(self) -> bool:
        """Whether nothing that was found has exactly the words."""
        return not (self.met or self.answers or self.facts or (self.texts and self.is_exact))

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found at all."""
        return not (self.met or self.alike or self.answers or self.facts or self.texts)


def search(wish: SearchRequest) -> Results:
    """Return what is found; conditions, answers and facts on the first page."""
    session, words = get_session(), fold(wish.words).split()
    if not words:
        return Results()
    about = _about(words, wish.condition)
    rest = (about.condition.id, " ".join(about.rest)) if about else None
    asked = queries.ask(session, wish.words, rest)
    kind = asked_for(about.rest) if about else None
    met, alike = _conditions(wish, about) if wish.kind in ("", ONLY_CONDITIONS) and wish.page == 1 else ([], [])
    texts = _texts(wish, asked)
    if wish.page > 1:
        return Results(texts=texts.shown, is_exact=texts.is_exact, has_more=texts.has_more, is_past_end=not texts.shown)
    return Results(
        met=met,
        alike=alike,
        about=about.condition if about else None,
        answers=_answers(wish, about, kind),
        facts=_facts(wish, asked, about) if kind is None else (),
        texts=[hit for hit in texts.shown if not _is_answer(hit, about, kind)],
        is_exact=texts.is_exact,
        has_more=texts.has_more,
    )


def _about(words: Sequence[str], condition: Condition | None) -> NamedCondition | None:
    """Return the condition that is meant: the chosen one, or one that is named in the words."""
    if condition is not None:
        return NamedCondition(condition, words)
    return named(get_session(), words, is_of_question)


def _conditions(wish: SearchRequest, about: NamedCondition | None) -> tuple[list[ConditionHit], list[ConditionHit]]:
    """Return the conditions that the words name, and those with a similar name."""
    hits = conditions.find(get_session(), wish.words, CONDITIONS) if wish.condition is None else []
    met = [hit for hit in hits if hit.rank == 0 or f" {fold(wish.words)}" in f" {fold(hit.matched)}"]
    alike = [hit for hit in hits if hit not in met][:ALIKE]
    if about is None or wish.condition is not None or any(hit.slug == about.condition.slug for hit in met):
        return met, alike
    name = about.condition.name
    return [ConditionHit(about.condition.slug, name, name, about.condition.summary), *met], []


def _answers(wish: SearchRequest, about: NamedCondition | None, kind: QuestionKind | None) -> list[Mapping[str, Any]]:
    if about is None or kind is None or wish.kind not in ("", QUESTIONS):
        return []
    return [
        {"template": f"{answers.folder}/answer.html", **answers.answer(about.condition, kind)}
        for answers in search_parts.answers()
    ]


def _is_answer(hit: ShownHit, about: NamedCondition | None, kind: QuestionKind | None) -> bool:
    """Return whether a text is the answer that is shown above the texts."""
    return about is not None and kind is not None and (hit.text.condition, hit.text.question) == (about.condition, kind)


def _facts(wish: SearchRequest, asked: SearchQuery | None, about: NamedCondition | None) -> list[ShownHit]:
    """Return what sources say: about the condition that is meant, or about any."""
    if about is not None and wish.condition is None:
        asked = asked.rest if asked else None
    if asked is None or wish.kind not in ("", QUESTIONS):
        return []
    limit, condition = PAGE if wish.kind else FACTS, about.condition if about else None
    found = [fact for part in search_parts.answers() for fact in part.facts(asked, condition, limit)]
    return _shown(asked, found)


@dataclass(frozen=True, slots=True)
class _Texts:
    shown: Sequence[ShownHit] = ()
    is_exact: bool = True
    has_more: bool = False


def _texts(wish: SearchRequest, asked: SearchQuery | None) -> _Texts:
    groups = [group for group in search_parts.groups() if wish.kind in ("", group.name)]
    if asked is None or not groups:
        return _Texts()
    session, reader = get_session(), readers.reader(get_session(), login.viewer())
    kinds = frozenset(kind for group in groups for kind in group.kinds)
    filters = Filters(kinds, wish.written_in, wish.condition.id if wish.condition else None)
    sources = [source for source in SEARCHED if kinds & set(source.kinds)]
    hits, is_exact = finding.find(
        session, sources, reader, asked, filters, limit=PAGE + 1, offset=(wish.page - 1) * PAGE
    )
    found = _found(hits[:PAGE], reader)
    return _Texts(_shown(asked, found), is_exact, len(hits) > PAGE)


def _found(hits: Sequence[Hit], reader: Reader) -> list[FoundText]:
    found: dict[Hit, FoundText] = {}
    for group in search_parts.groups():
        of_group = [hit for hit in hits if hit.kind in group.kinds]
        found |= group.show(of_group, reader) if of_group else {}
    return [found[hit] for hit in hits if hit in found]


def _shown(asked: SearchQuery, found: Sequence[FoundText]) -> list[ShownHit]:
    """Return the texts with the words that were found: in the title, and in the best parts of the text."""
    said = [(text.language, words) for text in found for words in (str(text.title), text.words)]
    parts = finding.marked(get_session(), asked, said)
    return [
        ShownHit(text, to_html(title if has_mark(title) else str(text.title)), to_html(_excerpt(text, part)))
        for text, title, part in zip(found, parts[::2], parts[1::2], strict=True)
    ]


def _excerpt(text: FoundText, part: str) -> str:
    if has_mark(part) or len(text.words) <= finding.SHORT:
        return part if has_mark(part) else text.words
    return f"{text.words[: finding.SHORT].rsplit(' ', 1)[0]}…"


def condition_of(slug: str) -> Condition | None:
    """Return the condition with this slug that a search is limited to, or None."""
    try:
        return conditions.get(get_session(), slug) if slug else None
    except UnknownConditionError:
        return None
