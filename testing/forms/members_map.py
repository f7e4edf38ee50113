"""The forms and addresses of members map, as tests of every route send them."""

#: The parameters that the addresses of pages have.
QUERIES: dict[str, tuple[str, ...]] = {
    "map.show": ("role", "in", "page"),
    "map.table": ("role", "in", "page"),
    "map.view": ("tiles", "role"),
    "stacks.show": ("role", "page"),
}

#: The pages beside those of the other browser tests, by who opens them in the walks of tests/browser/walks.py. What is
#: in braces is known in a walk only.
WALKS: dict[str, list[str]] = {
    "member": [
        "/conditions/acute-lymphoblastic-leukaemia/people/{person}",
        "/conditions/acute-lymphoblastic-leukaemia/stacks/{cell}",
    ]
}

#: The routes that answer with something else than a page, or with a page that need not be walked, and why.
NOT_WALKED: dict[str, str] = {
    "map.view": "data for scripts",
    "map.card_shown": "data for scripts",
    "map.table": "a piece of the members' map, which is walked",
}
