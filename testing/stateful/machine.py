"""The machine of the stateful test, with all steps."""

from flask import Flask
from sqlalchemy import Engine

from testing.stateful.account_rules import AccountRules
from testing.stateful.message_rules import MessageRules
from testing.stateful.people_rules import PeopleRules


class Machine(MessageRules, PeopleRules, AccountRules):
    """Members who write, answer, become contacts, block, hide, report, leave, close after a death and are suspended."""


def machine(app: Flask, engine: Engine) -> type[Machine]:
    """A state machine of Hypothesis for a service whose transactions are real, and an engine that sees all rows."""
    return type("BoundMachine", (Machine,), {"app": app, "engine": engine})
