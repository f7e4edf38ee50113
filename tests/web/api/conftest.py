"""Two releases of two conditions, for programs to ask for."""

import pytest
from flask import Flask

from mapservice import create_app
from mapservice.store.catalogue import conditions
from testing.accounts import CHEAP
from testing.releasing import put_figures

ALL = "acute-lymphoblastic-leukaemia"
SHOWN = {"world": 210, "DE": 85, "DE.1": 10, "DE.3": 25, "FJ": 30, "FR": 40, "US": 55, "XK": 20}


@pytest.fixture
def app(config, connection) -> Flask:
    return create_app(config, engine=connection, TESTING=True, LIMITS=False, **CHEAP)


@pytest.fixture(autouse=True)
def released(session, condition):
    put_figures(session, condition, 1, {"world": 190, "DE": 80, "DE.3": 20})
    put_figures(session, condition, 2, SHOWN)
    put_figures(session, conditions.get(session, "crohns-disease"), 2, {"world": 65, "DE": 15})
