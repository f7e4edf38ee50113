"""The addresses of people near a member, as tests of every route send them."""

from mapservice.privacy.nearness import Nearness

_FILTERS = ("role", "language", "looking_for", "duration")

#: The parameters that the addresses of pages have.
QUERIES: dict[str, tuple[str, ...]] = {"near.show": _FILTERS, "near.listed": (*_FILTERS, "page")}

#: What a gap in the addresses of pages can be, where one value is not enough to see all that there is.
ARGUMENTS: dict[str, tuple[str, ...]] = {"group": tuple(Nearness)}

#: The pages beside those of the other browser tests, by who opens them in the walks of tests/browser/walks.py.
WALKS: dict[str, list[str]] = {
    "member": [
        "/conditions/acute-lymphoblastic-leukaemia/nearby",
        "/conditions/acute-lymphoblastic-leukaemia/nearby/elsewhere",
    ]
}
