"""The forms and addresses of catalogue, as tests of every route send them."""

#: The parameters that the addresses of pages have.
QUERIES: dict[str, tuple[str, ...]] = {
    "conditions.search": ("q",),
    "conditions.suggest": ("q",),
    "conditions.index": ("letter", "page"),
}
