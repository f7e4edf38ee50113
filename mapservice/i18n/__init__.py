"""Texts in the reader's language: labels, dates, sentences that several pages share."""
