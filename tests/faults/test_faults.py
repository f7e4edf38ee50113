"""The fault suite in its small profile: nothing that was answered as saved is lost, and each control breaks."""

import pytest

from bench.attacks.table import rows
from bench.faults.suite import FAULTS
from bench.faults.suite import context as run
from bench.faults.table import SMALL


@pytest.fixture(scope="module")
def shared():
    with run(SMALL) as running:
        yield running


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_never_loses_what_was_saved_and_is_back_within_seconds(shared, fault):
    outcome = fault(shared)

    assert outcome.control_breaks, outcome
    assert outcome.holds, "\n".join(rows([outcome], what="fault"))
