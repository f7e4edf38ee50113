"""The shield: the story of the miracle doctor is held however it is told, and first posts are public at once."""

import hashlib
import re

import numpy as np
import pytest

from mapservice.config import HOME
from mapservice.moderation import features, model, rules
from mapservice.moderation.rules import BESIDE, HoldReason
from mapservice.moderation.shield import OF_NEW, OF_OTHERS, reasons_to_hold
from tests.moderation.first_posts import HONEST, SPAM
from tests.moderation.test_rules import HALVES, KNOWN, NEW, OWN, STORIES

#: What no rule knows, and the model has to tell.
ONLY_LIKE = (
    "Nine doctors told me I would not be a mother. Mama Ife gave me her drink for ten days and today I hold my son."
)


@pytest.mark.parametrize("name", STORIES)
def test_never_shows_the_story_of_the_miracle_doctor_to_others(name):
    assert set(reasons_to_hold(STORIES[name], OWN, NEW)) - set(BESIDE)


@pytest.mark.parametrize("name", ["english", "spanish"])
def test_the_whole_story_has_three_reasons(name):
    assert len(reasons_to_hold(STORIES[name], OWN, NEW)) >= 3


@pytest.mark.parametrize("language", HALVES)
def test_never_shows_the_story_in_two_halves(language):
    assert rules.reasons_to_hold("\n".join(HALVES[language]), OWN, NEW)


def test_honest_first_posts_are_public_at_once():
    held = [text for text in HONEST if reasons_to_hold(text, OWN, NEW)]

    assert len(HONEST) == 30
    assert len(held) <= 2, held


@pytest.mark.parametrize("count", [10, 30])
def test_a_long_honest_text_is_public_too(count):
    assert reasons_to_hold("\n\n".join(HONEST[:count]), OWN, NEW) == ()


def test_the_model_holds_what_no_rule_knows_and_says_so():
    assert rules.reasons_to_hold(ONLY_LIKE, OWN, NEW) == ()
    assert reasons_to_hold(ONLY_LIKE, OWN, NEW)[0] is HoldReason.LIKENESS


def test_a_text_of_somebody_new_is_held_earlier_than_that_of_others():
    likely = [model.probability(text) for text in SPAM]
    text = next(text for text, p in zip(SPAM, likely, strict=True) if p > OF_OTHERS)

    assert OF_NEW < OF_OTHERS
    assert reasons_to_hold(text, OWN, KNOWN)
    assert reasons_to_hold(f"Beware, a scam: {text}", OWN, KNOWN) == ()


@pytest.mark.parametrize("details", ["ann@example.org", "+44 20 7946 0123", "https://www.example.org/group"])
def test_never_holds_a_text_for_contact_details(details):
    held = [text for text in HONEST if reasons_to_hold(f"{text} {details}", OWN, NEW)]

    assert len(held) <= len([text for text in HONEST if reasons_to_hold(text, OWN, NEW)]), held
    assert model.probability(f"{HONEST[0]} {details}") == model.probability(HONEST[0])


def test_capitals_and_a_first_text_are_no_reasons():
    held = [text for text in HONEST if reasons_to_hold(text.upper(), OWN, NEW)]

    assert len(held) <= 2, held


def test_odd_texts_are_judged():
    for text in ("", " ", "…", "a", "\ud800", "🙏" * 50, "word " * 6000):
        assert 0 <= model.probability(text) <= 1


def test_the_weights_are_those_of_the_features_and_of_the_documents():
    content = model.WEIGHTS.read_bytes()
    digest = hashlib.sha256(content).hexdigest()

    assert len(np.load(model.WEIGHTS)) == 1 + features.HASHES + len(features.NAMES)
    for path in ("data/README.md", "docs/moderation-evidence.md"):
        assert digest in (HOME / path).read_text(encoding="utf-8"), f"{path}: python -m tools.moderation"


def test_the_evidence_names_the_weight_of_each_feature():
    text = (HOME / "docs" / "moderation-evidence.md").read_text(encoding="utf-8")
    weights = np.load(model.WEIGHTS)[1 + features.HASHES :] / model.SCALE

    found = dict(re.findall(r"^\| (.+) \| ([+-]\d+\.\d\d) \|$", text, re.MULTILINE))
    assert found == {name: f"{weight:+.2f}" for name, weight in zip(features.NAMES, weights, strict=True)}
