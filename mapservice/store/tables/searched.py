"""The words by which a text is found: a generated column of its table, in the configuration of the text's language.

PostgreSQL derives the column in the statement that writes the text, so no writer can forget it, and it is gone with the
row. It leaves out contact details that readers do not see, or a search would tell whether they are there: what
``mapservice/text/contacts.py`` hides and a little more. The pages' role can run no functions of ours, so all is one
expression of built-in ones.
"""

from typing import Any

from sqlalchemy import Column, ColumnElement, Computed, Index
from sqlalchemy.dialects.postgresql import TSVECTOR

from mapservice.text.contacts import ENDINGS

#: The name of the column.
COLUMN = "search"

#: The column is read by the search only, and no part of what a text says.
NOT_MAPPED = {"exclude_properties": [COLUMN]}

#: The configurations by language, and that of all other languages: words as they are, without accents.
CONFIGURATIONS, OTHER = {"en": "search_en", "es": "search_es"}, "search_simple"

# What Python's \s and \d match, of digits those of the scripts that phones offer.
_SPACES = r"\s\u001c-\u001f\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_DIGIT = r"[0-9\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\uff10-\uff19]"
_LETTERS = r"0-9a-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"

_BEGINS, _SOLID, _GAP = rf"(^|[{_SPACES}])", rf"[^{_SPACES}]", rf"[{_SPACES}]?"
_AT, _DOT = rf"{_GAP}(@|[(]at[)]|[[]at])", rf"{_GAP}([.]|[(]dot[)]|[[]dot]){_GAP}"
_EMAIL = rf"{_BEGINS}{_SOLID}+{_AT}{_GAP}{_SOLID}+({_DOT}{_SOLID}+)*"
_LINK = rf"{_BEGINS}{_SOLID}*((https?|ftp)://|www[.]|[.]({ENDINGS})(?![{_LETTERS}])){_SOLID}*"
_BETWEEN = rf"[{_SPACES}()./-]*"
_PHONE = rf"([+]|00)[(]?{_DIGIT}({_BETWEEN}{_DIGIT}){{4,}}|{_DIGIT}({_BETWEEN}{_DIGIT}){{8,}}"

#: E-mail addresses, links and telephone numbers, as a regular expression of PostgreSQL, without regard to case.
CONTACTS = rf"{_EMAIL}|{_LINK}|{_PHONE}"

#: What stands between words, and would make one word of two for PostgreSQL: it takes "end.Next" for a host.
BETWEEN_WORDS = "./@_<>&'’`´"


def configuration(language: str) -> str:
    """Return the SQL for the configuration of a language, which is an expression."""
    cases = " ".join(f"when '{code}' then '{name}'::regconfig" for code, name in CONFIGURATIONS.items())
    return f"case {language} {cases} else '{OTHER}'::regconfig end"


def words(said: str, shows_contacts: str = "false") -> str:
    """Return the SQL for the words of a text that can be found; both are expressions."""
    seen = f"case when {shows_contacts} then {said} else regexp_replace({said}, '{CONTACTS}', ' | ', 'gi') end"
    whole = f"regexp_replace({seen}, '[''’]s(?![{_LETTERS}])', 's', 'gi')"
    gaps = BETWEEN_WORDS.replace("'", "''")
    return f"translate({whole}, '{gaps}', '{' ' * len(BETWEEN_WORDS)}')"


def vector(language: str, title: str, said: str, shows_contacts: str = "false") -> str:
    """Return the SQL for the column; the words of the title count more."""
    first, rest = words(title, shows_contacts), words(said, shows_contacts)
    by_language = configuration(language)
    return f"setweight(to_tsvector({by_language}, {first}), 'A') || to_tsvector({by_language}, {rest})"


def search_column(language: str, title: str, said: str, shows_contacts: str = "false") -> Column[Any]:
    """Return the generated column of a table."""
    return Column(COLUMN, TSVECTOR, Computed(vector(language, title, said, shows_contacts), persisted=True))


def search_of(table: Any) -> ColumnElement[Any]:
    """Return the column of a table of the models."""
    column: ColumnElement[Any] = table.__table__.c[COLUMN]
    return column


def search_index(table: str) -> Index:
    """Return the index of the column, which is up to date at once."""
    return Index(f"ix_{table}_{COLUMN}", COLUMN, postgresql_using="gin", postgresql_with={"fastupdate": "off"})
