"""Shared by all pages: headers, request filter, rate limits, CSRF, error pages, idempotency, redirects, sessions."""
