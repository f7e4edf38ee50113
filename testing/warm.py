"""What would be made once more, and is there already: templates compiled, addresses read, statements prepared."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import CodeType
from typing import Any
from unittest.mock import patch

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from psycopg._preparing import Prepare, PrepareManager
from psycopg.pq.abc import PGresult
from werkzeug.routing import Rule
from werkzeug.routing.rules import RulePart


class Compiled(BytecodeCache):
    """The code of templates, by their names and texts; their settings are the same in all apps."""

    def __init__(self) -> None:
        self.code: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the code of a template that has the same text."""
        bucket.code = self.code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a template."""
        self.code[bucket.key, bucket.checksum] = bucket.code


def _keeping(compile_builder: Callable[..., Any]) -> Callable[..., Any]:
    """What makes the function that builds the addresses of a rule, once for all rules that are alike."""
    made: dict[tuple[str, ...], Any] = {}

    def compiled(rule: Rule, append_unknown: bool = True) -> Any:
        key = (rule.rule, repr(rule._trace), repr(rule.defaults), repr(append_unknown))
        if key not in made:
            made[key] = compile_builder(rule, append_unknown)
        return made[key]

    return compiled


def _parsing_once(parse: Callable[[Rule, str], Iterable[RulePart]]) -> Callable[[Rule, str], list[RulePart]]:
    """What takes apart an address, once for all that are alike and are read by the same converters."""
    made: dict[Any, tuple[list[RulePart], list[Any], dict[str, Any]]] = {}

    def parsed(rule: Rule, address: str) -> list[RulePart]:
        key = address, tuple(rule.map.converters.items())
        if key not in made:
            before, known = len(rule._trace), set(rule._converters)
            parts = list(parse(rule, address))
            found = {name: converter for name, converter in rule._converters.items() if name not in known}
            made[key] = parts, rule._trace[before:], found
            return parts
        parts, trace, found = made[key]
        rule._trace.extend(trace)
        rule._converters.update(found)
        rule.arguments.update(found)
        return parts

    return parsed


def _through_savepoints(
    should_discard: Callable[[PrepareManager, Prepare, Sequence[PGresult]], bool],
) -> Callable[[PrepareManager, Prepare, Sequence[PGresult]], bool]:
    """What makes a connection keep its prepared statements when a savepoint is undone.

    On a test's connection each request is a savepoint. The end of the whole transaction clears them as before.
    """

    def discards(prepared: PrepareManager, prepare: Prepare, results: Sequence[PGresult]) -> bool:
        return should_discard(prepared, prepare, [row for row in results if row.command_status != b"ROLLBACK"])

    return discards


@contextmanager
def sharing() -> Iterator[None]:
    """Let all apps that are made meanwhile share them, and all requests on one connection."""
    options = {**Flask.jinja_options, "bytecode_cache": Compiled()}
    builder, parser = _keeping(Rule._compile_builder), _parsing_once(Rule._parse_rule)
    with (
        patch.object(Flask, "jinja_options", options),
        patch.object(Rule, "_compile_builder", builder),
        patch.object(Rule, "_parse_rule", parser),
        patch.object(PrepareManager, "_should_discard", _through_savepoints(PrepareManager._should_discard)),
    ):
        yield
