"""The attack suite in its small profile: every bar holds, and every bad design breaks it."""

import pytest

from bench.attacks.suite import ATTACKS
from bench.attacks.table import rows

#: Bars that are known not to hold, with the reason: said in docs/privacy-evidence.md, never hidden.
KNOWN: dict[str, str] = {}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_never_gives_way_to_an_attack(context, attack):
    outcome = attack(context)

    assert outcome.control_breaks, outcome
    assert bool(outcome.holds) is (attack.__name__ not in KNOWN), "\n".join(rows([outcome]))
