"""The forms and addresses of catalogue, as tests of every route send them."""

#: The parameters that the addresses of pages have.
QUERIES: dict[str, tuple[str, ...]] = {
    "conditions.suggest": ("q",),
    "conditions.index": ("letter", "page"),
}

#: The routes that answer with something else than a page, or with a page that need not be walked, and why.
NOT_WALKED: dict[str, str] = {"conditions.suggest": "data for scripts"}
