"""The languages of the site, and their catalogues of translations."""

import functools
import io
from pathlib import Path

from babel.messages import mofile, pofile
from babel.support import NullTranslations, Translations

#: In it the list of all texts (POT), and a folder for each language but that of the source.
FOLDER = Path(__file__).parent / "translations"

#: The language in which texts are written in the source.
SOURCE = "en"

# As each calls itself.
_NAMES = {SOURCE: "English", "es": "Español"}


def catalogue(language: str) -> Path:
    """Return the file with the translations into a language."""
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


#: Languages in which every text can be read, as each calls itself: that of the source, and those with a catalogue.
LANGUAGES = {code: name for code, name in _NAMES.items() if code == SOURCE or catalogue(code).exists()}


@functools.cache
def translations(language: str) -> NullTranslations:
    """Return the translations into a language, compiled from its catalogue; without one texts stay as in the source."""
    if language == SOURCE or not catalogue(language).exists():
        return NullTranslations()
    compiled = io.BytesIO()
    with catalogue(language).open("rb") as file:
        mofile.write_mo(compiled, pofile.read_po(file, locale=language))
    compiled.seek(0)
    return Translations(compiled)
