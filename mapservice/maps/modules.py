"""The scripts of the pages as ES modules: their imports, and many of them as one script that works offline.

Our modules have a plain form that can be processed without Node: named imports and exports, each at the beginning of a
line, and no circular imports. ``tests/maps/test_modules.py`` checks every script.
"""

import functools
import posixpath
import re
from collections.abc import Callable, Iterable

from mapservice.config import HOME
from mapservice.errors import MapServiceError

_IMPORT = re.compile(r'^import (?:\{([^}]*)\} from )?"([^"]+)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async )?function|class|const) (\w+)", re.MULTILINE)

# Line beginnings of other forms of modules, and dynamic imports.
_OTHER = re.compile(r"^(?:import|export)\b.*|\bimport\s*\(.*", re.MULTILINE)


class BrokenModuleError(MapServiceError):
    """A script is not a module of the plain form, or is part of a circular import."""


def read(file: str) -> str:
    """Return the text of a file under static/."""
    return (HOME / "static" / file).read_text(encoding="utf-8")


@functools.cache
def imported_by(file: str) -> tuple[str, ...]:
    """Return the modules that a script under static/ imports, directly or not, each after its own imports."""
    return tuple(with_imports([file])[:-1])


def with_imports(files: Iterable[str], read: Callable[[str], str] = read) -> list[str]:
    """Return modules and all their imports, each after its own imports.

    :raise BrokenModuleError: if modules import each other in a circle.
    """
    ordered: list[str] = []
    _visit(files, (), ordered, read)
    return ordered


def bundle(script: str, read: Callable[[str], str] = read) -> str:
    """Return a script that includes all its imports; it names modules as files under static/.

    :raise BrokenModuleError: if a module is not of the plain form.
    """
    names, parts = _closed_modules(_files(script, ""), read)
    return "\n".join([*parts, _without_imports(script, "", names)])


def joined(files: Iterable[str], read: Callable[[str], str] = read) -> str:
    """Return one module that includes modules and all their imports, and exports what those named export.

    :raise BrokenModuleError: if a module is not of the plain form, or two export the same name.
    """
    entries = list(files)
    names, parts = _closed_modules(entries, read)
    exports = {file: [name for _kind, name in _EXPORT.findall(read(file))] for file in entries}
    exported = [name for of_file in exports.values() for name in of_file]
    if len(set(exported)) < len(exported):
        raise BrokenModuleError(f"Two of these scripts export the same name: {', '.join(entries)}")
    parts += [f"export const {{ {', '.join(exports[file])} }} = {names[file]};" for file in entries if exports[file]]
    return "\n".join(parts)


def _closed_modules(files: Iterable[str], read: Callable[[str], str]) -> tuple[dict[str, str], list[str]]:
    """Return the constants that hold modules and all their imports, by file, and the lines that set them."""
    ordered = with_imports(files, read)
    names = {file: f"$module{number}" for number, file in enumerate(ordered)}
    return names, [f"const {names[file]} = {_closed(read(file), file, names)};" for file in ordered]


def _visit(files: Iterable[str], above: tuple[str, ...], ordered: list[str], read: Callable[[str], str]) -> None:
    for file in files:
        if file in above:
            raise BrokenModuleError(f"Scripts import each other: {' → '.join([*above, file])}.")
        if file not in ordered:
            _visit(_files(read(file), file), (*above, file), ordered, read)
            ordered.append(file)


def _files(text: str, importer: str) -> list[str]:
    """Return the files that a module imports, as paths under static/."""
    return [_resolved(address, importer) for _names, address in _IMPORT.findall(text)]


def _resolved(address: str, importer: str) -> str:
    if not importer:
        return address
    if not address.startswith("."):
        raise BrokenModuleError(f"{importer} imports {address}, which is no file beside it.")
    return posixpath.normpath(posixpath.join(posixpath.dirname(importer), address))


def _closed(text: str, file: str, names: dict[str, str]) -> str:
    """Return a module as a function that is called once and returns the exports of the module."""
    exported = [name for _kind, name in _EXPORT.findall(text)]
    body = _EXPORT.sub(r"\1 \2", _without_imports(text, file, names))
    if broken := _OTHER.search(body):
        raise BrokenModuleError(f"{file} has a line that cannot be put into a page: {broken[0]}")
    return f"(() => {{\n{body}\nreturn {{ {', '.join(exported)} }};\n}})()"


def _without_imports(text: str, file: str, names: dict[str, str]) -> str:
    """Return a module whose imports are constants, set from the results of the other functions."""

    def constants(match: re.Match[str]) -> str:
        if match[1] is None:
            return ""
        taken = re.sub(r"\s+as\s+", ": ", match[1].strip().rstrip(","))
        return f"const {{ {taken} }} = {names[_resolved(match[2], file)]};"

    return _IMPORT.sub(constants, text)
