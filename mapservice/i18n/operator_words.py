"""The titles of the texts that an operator writes, and what belongs into each."""

from mapservice.i18n.translation import lazy_gettext
from mapservice.store.tables.operator import TextKind

TEXT_TITLES = {
    TextKind.IMPRINT: lazy_gettext("Imprint"),
    TextKind.CONTROLLER: lazy_gettext("Who is responsible for your data"),
    TextKind.TERMS: lazy_gettext("Terms of use"),
    TextKind.RULES: lazy_gettext("Community rules"),
}

TEXT_HINTS = {
    TextKind.IMPRINT: lazy_gettext("The name and address of the people who run this service, and how to reach them."),
    TextKind.CONTROLLER: lazy_gettext(
        "The controller in the sense of data protection law, the data protection officer if you have one, and where "
        "people can complain."
    ),
    TextKind.TERMS: lazy_gettext("What people agree to when they sign up."),
    TextKind.RULES: lazy_gettext("How members treat each other, and what happens if they do not."),
}
