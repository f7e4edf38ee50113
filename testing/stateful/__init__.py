"""A stateful test: members of two communities do anything in any order through the pages, and a model says the same."""
