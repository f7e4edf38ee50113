"""What the operator sets in the browser, and the pages that come from it."""
