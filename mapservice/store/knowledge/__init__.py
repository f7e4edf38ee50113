"""Facts about conditions in the database: symptoms, inheritance, age of onset, codes of other systems."""
