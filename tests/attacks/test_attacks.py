"""The attack suite in its small profile: every bar holds, and every bad design breaks it."""

import pytest

from bench.attacks.suite import ATTACKS
from bench.attacks.table import SMALL, Context, rows

#: Bars that are known not to hold, with the reason: said in docs/privacy-evidence.md, never hidden.
KNOWN: dict[str, str] = {}


@pytest.fixture(scope="module")
def context(engine) -> Context:
    return Context(seed=1, scale=SMALL, engine=engine)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_never_gives_way_to_an_attack(context, attack):
    outcome = attack(context)

    assert outcome.control_breaks, outcome
    assert outcome.holds is (attack.__name__ not in KNOWN), "\n".join(rows([outcome]))
