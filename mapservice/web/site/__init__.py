"""What all pages share: headers, request filter, rate limits, CSRF, error pages, idempotency, redirects, sessions."""
