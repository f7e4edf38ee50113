"""Published figures: public pages and maps, embedding, reports, and what staff see and export of them."""
