"""The addresses of knowledge, as tests of every route open them."""

#: The pages beside those of the other browser tests, by who opens them in the walks of tests/browser/walks.py.
WALKS: dict[str, list[str]] = {
    "stranger": [
        "/conditions/cystic-fibrosis/questions/hereditary",
        "/conditions/cystic-fibrosis/questions/natural-treatment",
    ],
}

#: The routes that answer with something else than a page, or with a page that need not be walked, and why.
NOT_WALKED: dict[str, str] = {
    "sitemap.robots": "data for scripts",
    "sitemap.index": "data for scripts",
    "sitemap.part": "data for scripts",
}
