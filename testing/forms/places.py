"""The forms and addresses of places, as tests of every route send them."""

from testing.accounts import PASSWORD

#: What each route that writes is sent: a form that it would take.
FORMS: dict[str, dict[str, str]] = {
    "place.save": {"zone": "DE", "audience": "members", "finer": "yes", "moved": "yes", "password": PASSWORD},
    "place.hide": {},
    "place.forget": {},
    "place.browse": {"in": "DE.3"},
    "after_a_move.show_there": {"finer": "yes"},
    "hiding.hide_everywhere": {},
    "hiding.show_again": {"act": "1f" * 16},
    "hiding.undo": {"act": "1f" * 16},
}

#: Those of them whose form carries an operation id.
WITH_OPERATION: set[str] = {
    "place.save",
    "after_a_move.show_there",
}

#: The parameters that the addresses of pages have.
QUERIES: dict[str, tuple[str, ...]] = {
    "place.edit": ("country", "in"),
}

#: The pages beside those of the other browser tests, by who opens them in the walks of tests/browser/walks.py. What is
#: in braces is known in a walk only.
WALKS: dict[str, list[str]] = {"member": ["/me/place/moved"]}

#: The routes that answer with something else than a page, or with a page that need not be walked, and why.
NOT_WALKED: dict[str, str] = {
    "zone_data.zones": "data for scripts",
    "zone_data.gazetteer": "data for scripts",
    "zone_data.countries": "data for scripts",
    "zone_data.regions": "data for scripts",
    "zone_data.tile": "data for scripts",
}
