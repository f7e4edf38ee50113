"""Numbers in sentences of scripts: each language gets the plural forms that it has."""

from collections.abc import Iterator
from typing import Any

import pytest

from mapservice.i18n import figure_words
from mapservice.i18n.plural_forms import plural_forms
from mapservice.i18n.translation import use_locale
from mapservice.web.members_map.map_messages import cluster_words
from mapservice.web.places.zone_options import script_words

#: Sentences in which the number counts nothing: "2 of 5".
PLAIN = {"{at} of {n}"}


def test_english_and_spanish_have_a_form_for_one_and_one_for_many():
    words = ("about {n} person", "about {n} people")

    assert plural_forms(*words) == {"one": words[0], "other": words[1]}
    with use_locale("es"):
        assert plural_forms(*words) == {"one": "aproximadamente {n} persona", "other": "aproximadamente {n} personas"}


@pytest.mark.parametrize(
    ("language", "categories"),
    [
        ("ar", {"zero", "one", "two", "few", "many", "other"}),
        ("pl", {"one", "few", "many", "other"}),
        ("ja", {"other"}),
    ],
)
def test_a_language_gets_every_form_that_it_has(language, categories):
    with use_locale(language):
        assert set(plural_forms("{n} person", "{n} people")) == categories


@pytest.mark.parametrize("words", [cluster_words, figure_words.layer_words, script_words])
def test_every_sentence_of_a_script_with_a_number_has_plural_forms(app, words):
    with app.test_request_context():
        assert list(single_forms(words())) == []


def test_a_sentence_without_plural_forms_is_found():
    assert list(single_forms({"towns": "{n} towns found", "page": "{at} of {n}"})) == ["{n} towns found"]


def single_forms(words: dict[str, Any]) -> Iterator[str]:
    """The sentences with a number that have one form only."""
    if "other" in words:
        return
    for value in words.values():
        if isinstance(value, dict):
            yield from single_forms(value)
        elif "{n}" in str(value) and value not in PLAIN:
            yield str(value)
