"""Accounts in the database: members, sign-ups, logins, second factors, staff."""
