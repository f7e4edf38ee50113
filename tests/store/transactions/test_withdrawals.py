"""Whatever lets members take something back notes it, and stands in the drill of a restore."""

import ast
from pathlib import Path

from mapservice.config import HOME
from tests.drill import DRILLS


def noting(path: Path) -> set[str]:
    """The functions of a module of the store that note a withdrawal."""
    return {
        f"{path.stem}.{function.name}"
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "withdrawals.note"
    }


def test_everything_that_notes_a_withdrawal_is_drilled():
    functions = {name for path in (HOME / "mapservice" / "store").rglob("*.py") for name in noting(path)}

    assert functions == {drill.function for drill in DRILLS}
