"""The catalogue of conditions: start page, search, the page of one condition, sources."""
