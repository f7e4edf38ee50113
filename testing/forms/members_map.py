"""The forms and addresses of members map, as tests of every route send them."""

#: The parameters that the addresses of pages have.
QUERIES: dict[str, tuple[str, ...]] = {
    "map.show": ("role", "in", "page"),
    "map.table": ("role", "in", "page"),
    "map.view": ("tiles", "role"),
}
