"""Published figures: public pages and maps, embedding, reports, and the pages on which staff view and export them."""
