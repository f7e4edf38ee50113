"""Two texts are compared word by word, and each can be read out of the comparison again."""

from itertools import pairwise

import pytest

from mapservice.text.differences import MAX_WORDS, WordChange, differences

PAIRS = [
    ("", ""),
    ("", "New."),
    ("Old.", ""),
    ("Ask a doctor.\n\nRest.", "Ask a doctor soon.\n\nRest.\n\nDrink water."),
    ("Uno dos tres", "uno  dos, tres"),
    ("soup " * MAX_WORDS, "bread " * MAX_WORDS),
    ("Wörter öffnen – ja!", "Wörter schließen – ja!"),
]


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_both_texts_can_be_read_out_of_the_comparison(before, after):
    pieces = differences(before, after)

    assert "".join(piece.text for piece in pieces if piece.change is not WordChange.ADDED) == before
    assert "".join(piece.text for piece in pieces if piece.change is not WordChange.REMOVED) == after
    assert all(one.change is not other.change for one, other in pairwise(pieces))


def test_only_the_words_that_changed_are_marked():
    pieces = differences("Rest in bed for two days.\nAsk.", "Rest in bed for three days.\nAsk.")

    assert [(piece.change.value, piece.text) for piece in pieces] == [
        ("same", "Rest in bed for "),
        ("removed", "two"),
        ("added", "three"),
        ("same", " days.\nAsk."),
    ]
