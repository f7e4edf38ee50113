"""Rows of accounts: members, sign-ups, logins, second factors, staff."""
