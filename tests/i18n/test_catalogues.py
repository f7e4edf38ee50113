"""Translations are whole: no text is missing, guessed or old, and what stands in the gaps of a text stays."""

import re
from typing import Any

import pytest
from babel.messages import Message, pofile

from mapservice.i18n import languages
from tests import pseudo

OTHERS = [code for code in languages.LANGUAGES if code != languages.SOURCE]

_GAPS = re.compile(r"%\(\w+\)[a-z]|\{\w*\}|%%|</?\w+[^>]*>")


def read(path, language=None):
    with path.open("rb") as file:
        return pofile.read_po(file, locale=language)


def gaps(text):
    return sorted(_GAPS.findall(text))


def faults(message: Message) -> list[str]:
    """What is wrong with a translation."""
    original: Any = message.id
    string: Any = message.string
    originals = original if isinstance(original, tuple) else (original,)
    translated = string if isinstance(string, tuple | list) else (string,)
    problems = ["fuzzy"] if message.fuzzy else []
    if not all(translated):
        return [*problems, "missing"]
    # A form for one may do without the number, as the original for one does.
    allowed = [gaps(original) for original in originals]
    problems += ["gaps"] if any(gaps(form) not in allowed for form in translated) else []
    problems += ["plural"] if gaps(translated[-1]) != allowed[-1] else []
    return problems + (
        ["edges"] if any(form != form.strip() and originals[0] == originals[0].strip() for form in translated) else []
    )


def test_the_list_of_texts_is_current():
    """Else run scripts/messages.sh."""
    listed = {message.id for message in read(languages.FOLDER / "messages.pot") if message.id}

    assert {message.id for message in pseudo.catalogue("sv") if message.id} == listed


def test_spanish_is_there():
    assert OTHERS == ["es"]


@pytest.mark.parametrize("code", OTHERS)
def test_every_text_is_translated_whole(code):
    listed = {message.id for message in read(languages.FOLDER / "messages.pot") if message.id}
    made = read(languages.catalogue(code), code)
    wrong = {str(message.id): problems for message in made if message.id and (problems := faults(message))}

    assert wrong == {}
    assert {message.id for message in made if message.id} == listed


@pytest.mark.parametrize("code", OTHERS)
def test_sentences_are_not_left_in_english(code):
    same = [
        m.id for m in read(languages.catalogue(code), code) if m.id and m.id == m.string and len(str(m.id).split()) > 3
    ]

    assert same == []


@pytest.mark.parametrize(
    ("text", "translated", "fault"),
    [
        ("Hello %(name)s", "Hola", "gaps"),
        ("Hello", "", "missing"),
        (("one day", "%(num)s days"), ("un día", "días"), "plural"),
        (("one day", "%(num)s days"), ("un día", ""), "missing"),
    ],
)
def test_a_broken_translation_is_found(text, translated, fault):
    assert fault in faults(Message(text, translated))
