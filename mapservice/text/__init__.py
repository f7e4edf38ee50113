"""Text, as pure functions: folding for search, confusable names, internationalised domains."""
