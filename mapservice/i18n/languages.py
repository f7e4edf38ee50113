"""The languages of the site, and their translation catalogues."""

import functools
import io
from pathlib import Path

from babel.messages import mofile, pofile
from babel.support import NullTranslations, Translations

#: The folder with the template of all texts (POT), and a folder for each language except the source language.
FOLDER = Path(__file__).parent / "translations"

#: The language of the texts in the source code.
SOURCE = "en"

# By their own names.
_NAMES = {SOURCE: "English", "es": "Español"}


def catalogue(language: str) -> Path:
    """Return the path of the catalogue with the translations into a language."""
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


#: Available languages by their own names: the source language, and those with a catalogue.
LANGUAGES = {code: name for code, name in _NAMES.items() if code == SOURCE or catalogue(code).exists()}


@functools.cache
def translations(language: str) -> NullTranslations:
    """Return the translations into a language, compiled from its catalogue; without one texts stay unchanged."""
    if language == SOURCE or not catalogue(language).exists():
        return NullTranslations()
    compiled = io.BytesIO()
    with catalogue(language).open("rb") as file:
        mofile.write_mo(compiled, pofile.read_po(file, locale=language))
    compiled.seek(0)
    return Translations(compiled)
