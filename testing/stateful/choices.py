"""From what the steps of the stateful test choose."""

from hypothesis import strategies as st

from testing.stateful.pages import NAMES
from testing.stateful.people import Place

WHO = st.sampled_from(range(len(NAMES)))
WHERE = st.sampled_from(tuple(Place))
WHICH = st.integers(0, 30)

#: True once in a while.
SELDOM = st.sampled_from((False, False, False, True))
