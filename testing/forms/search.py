"""The addresses of the search, as tests of every route send them."""

#: The parameters that the addresses of pages have.
QUERIES: dict[str, tuple[str, ...]] = {"search.show": ("q", "kind", "written_in", "condition", "page")}
