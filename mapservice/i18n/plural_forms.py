"""Sentences in which a script fills in a number, in every plural form of the reader's language.

The script chooses the form by the plural rules of the browser (static/js/site/speech.js); both follow CLDR.
"""

from mapservice.i18n.translation import get_locale, ngettext

# Whole numbers of every plural category that languages have for numbers of people.
_EXAMPLES = (*range(12), 100)


def plural_forms(singular: str, plural: str) -> dict[str, str]:
    """Return a sentence with the gap ``{n}`` by plural category of CLDR, in the reader's language.

    >>> plural_forms("{n} person", "{n} people")
    {'other': '{n} people', 'one': '{n} person'}
    """
    category = get_locale().plural_form
    forms = {category(n): ngettext(singular, plural, n) for n in reversed(_EXAMPLES)}
    # In some languages only fractions are "other".
    return {"other": forms[category(max(_EXAMPLES))], **forms}
