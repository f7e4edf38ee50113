"""What each app would make once more, and this process has made already: the code of templates and of addresses."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType
from typing import Any
from unittest.mock import patch

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule


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


@contextmanager
def sharing() -> Iterator[None]:
    """Let all apps that are made meanwhile share them."""
    options = {**Flask.jinja_options, "bytecode_cache": Compiled()}
    builder = _keeping(Rule._compile_builder)
    with patch.object(Flask, "jinja_options", options), patch.object(Rule, "_compile_builder", builder):
        yield
